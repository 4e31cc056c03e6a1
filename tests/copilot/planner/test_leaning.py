import pytest
from biocopilot.copilot.planner.classifier import classify
from biocopilot.copilot.planner.clauses import clauses_of
from biocopilot.copilot.planner.context import Context
from biocopilot.copilot.planner.entities import recognise
from biocopilot.copilot.planner.frames import Entity
from biocopilot.copilot.planner.leaning import picked, ranked_one, unit_span, ways

ASPIRIN, IBUPROFEN, EGFR, CAFFEINE, BTK = (
    Entity("molecule", "aspirin", 0, 7, "ASPIRIN", "ASPIRIN"),
    Entity("molecule", "ibuprofen", 0, 9, "IBUPROFEN", "IBUPROFEN"),
    Entity("target", "EGFR", 0, 4, "P00533", "EGFR"),
    Entity("molecule", "caffeine", 0, 8, "CAFFEINE", "CAFFEINE"),
    Entity("target", "BTK", 0, 3, "Q06187", "BTK"),
)


def ways_of(text, bench, context=None, following=()):
    found = recognise(text, bench)
    (clause,) = clauses_of(found, lambda tokens: classify(tokens).ranked[0])
    return ways(clause, context or Context(), following, found.others)


def lent(found):
    return {tuple(entity.value for entity in way.lent) for way in found}


def test_a_clause_of_its_own_is_understood_by_itself_first(bench):
    found = ways_of("MW of aspirin", bench)
    assert (found[0].weight, found[0].lent) == (1.0, ())


def test_a_pronoun_is_lent_what_was_named_last_with_the_most_weight(bench):
    context = Context().with_named([EGFR]).with_named([ASPIRIN])
    found = {
        tuple(entity.value for entity in way.lent): way.weight for way in ways_of("what does it do", bench, context)
    }
    assert found["ASPIRIN",] > found["P00533",]


def test_the_lent_stands_in_the_pronouns_place(bench):
    context = Context().with_named([ASPIRIN])
    found = [way.tokens for way in ways_of("is it drug-like", bench, context) if way.lent]
    assert ["is", "MOL", "drug", "like"] in found


def test_what_is_named_in_a_later_clause_is_lent_to_one_without_names(bench):
    assert ("ASPIRIN",) in lent(ways_of("what is the MW", bench, following=[ASPIRIN]))


def test_two_are_lent_where_a_pair_is_called_for(bench):
    context = Context().with_named([ASPIRIN]).with_named([IBUPROFEN])
    assert ("ASPIRIN", "IBUPROFEN") in lent(ways_of("compare them", bench, context))
    assert ("ASPIRIN", "IBUPROFEN") not in lent(ways_of("draw it", bench, context))


@pytest.mark.parametrize(
    "text",
    [
        "Does proteorhodopsin help bacteria survive starvation?",
        "Does Notch signaling activate stem cell properties of Müller glia?",
        "Do oral contraceptives raise the risk of stroke in young women?",
        "How does acupuncture change the course of depression?",
        "find drugs with a sulfonamide",
    ],
)
def test_a_question_complete_by_itself_leans_on_nothing(text, bench):
    context = Context().with_named([EGFR]).with_named([ASPIRIN])
    assert lent(ways_of(text, bench, context)) == {()}


@pytest.mark.parametrize(
    "text",
    [
        "Does it help patients with severe asthma?",
        "is HER2 hit too?",
        "Is ibuprofen more potent?",
        "Is the drug excreted in breast milk of mothers?",
        "Does the target occur in healthy liver tissue?",
        "Is the logP below 3 in this one?",
        "Are there serious side effects in children?",
    ],
)
def test_a_question_with_a_gap_still_leans(text, bench):
    context = Context().with_named([EGFR]).with_named([ASPIRIN])
    assert lent(ways_of(text, bench, context)) != {()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("MW of the first one", "ASPIRIN"), ("MW of the second one", "IBUPROFEN"), ("TPSA of the latter", "IBUPROFEN"), ("TPSA of the former", "ASPIRIN"),
        ("draw the last of them", "IBUPROFEN"), ("the 2nd compound: MW", "IBUPROFEN"),
    ],
)  # fmt: skip
def test_an_ordinal_picks_one_of_those_named(text, value, bench):
    context = Context().with_named([ASPIRIN, IBUPROFEN])
    picked = {values[0] for values in lent(ways_of(text, bench, context)) if len(values) == 1}
    assert picked == {value}


def test_an_ordinal_beyond_the_list_picks_nothing(bench):
    context = Context().with_named([ASPIRIN, IBUPROFEN])
    assert ("ASPIRIN", "IBUPROFEN") in lent(ways_of("logP of the third one", bench, context))


def test_a_list_of_the_last_answer_comes_before_what_the_question_named(bench):
    context = Context().with_named([EGFR]).with_answered({"molecule": (IBUPROFEN, ASPIRIN)})
    assert ("ASPIRIN",) in lent(ways_of("MW of the second one", bench, context))
    assert ("IBUPROFEN", "ASPIRIN") in lent(ways_of("what are their weights", bench, context))


LISTED = Context().with_answered({"molecule": (IBUPROFEN, ASPIRIN)})


def test_a_list_stays_the_latest_until_another_is_named(bench):
    later = LISTED.with_named([ASPIRIN]).with_answered({})
    assert ("IBUPROFEN",) in lent(ways_of("MW of the first one", bench, later))
    assert ("IBUPROFEN", "ASPIRIN") in lent(ways_of("which of those drugs is approved", bench, later))
    other = later.with_named([ASPIRIN, IBUPROFEN])
    assert ("ASPIRIN",) in lent(ways_of("MW of the first one", bench, other))


def pick_of(text, bench, context):
    (clause,) = clauses_of(recognise(text, bench), lambda tokens: classify(tokens).ranked[0])
    return picked(clause, context)


def test_several_ordinals_pick_several(bench):
    three = Context().with_named([ASPIRIN, EGFR, IBUPROFEN]).with_answered({"molecule": (ASPIRIN, IBUPROFEN, CAFFEINE)})
    pick = pick_of("compare the first and the third one", bench, three)
    assert [item.value for item in pick.entities] == ["ASPIRIN", "CAFFEINE"]
    assert pick.text == "the first and the third one"


def test_an_ordinal_of_targets_is_counted_among_targets(bench):
    both = Context().with_answered({"target": (EGFR, BTK)}).with_answered({"molecule": (IBUPROFEN, ASPIRIN)})
    assert [item.value for item in pick_of("what does the second protein do", bench, both).entities] == ["Q06187"]
    assert [item.value for item in pick_of("MW of the second one", bench, both).entities] == ["ASPIRIN"]


def test_a_place_that_a_list_does_not_have_picks_nothing_and_says_how_many_there_are(bench):
    pick = pick_of("MW of the seventh one", bench, LISTED)
    assert (pick.entities, pick.of) == ((), 2)
    assert pick_of("MW of the seventh one", bench, Context()) is None


@pytest.mark.parametrize(
    ("text", "ranked"),
    [
        ("MW of the newest one", "the newest one"), ("is the most potent one drug-like", "the most potent one"),
        ("what is the heaviest one", ""), ("which of them is the most potent one", ""), ("draw the nearest one", ""), ("MW of the first one", ""),
    ],
)  # fmt: skip
def test_the_one_by_rank_is_not_taken_for_another(text, ranked, bench):
    (clause,) = clauses_of(recognise(text, bench), lambda tokens: classify(tokens).ranked[0])
    assert ranked_one(clause, LISTED) == ranked
    assert ranked_one(clause, Context()) == ""


def test_the_list_or_table_may_be_named(bench):
    assert [item.value for item in pick_of("what is the MW of the second in the list?", bench, LISTED).entities] == [
        "ASPIRIN"
    ]


def test_the_last_of_a_list_that_was_cut_is_not_known(bench):
    cut = Context().with_answered({"molecule": (IBUPROFEN, ASPIRIN)}, cut=True)
    assert pick_of("MW of the last one", bench, cut).entities == ()
    assert [item.value for item in pick_of("MW of the second one", bench, cut).entities] == ["ASPIRIN"]


@pytest.mark.parametrize(
    ("text", "via"),
    [("drugs for the target of ibrutinib", "IBRUTINIB"), ("which family is ibrutinib's target in", "IBRUTINIB"), ("drugs for its target", "ASPIRIN"), ("where is its main target located", "ASPIRIN")],
)  # fmt: skip
def test_a_target_may_be_found_through_a_molecule(text, via, bench):
    found = ways_of(text, bench, Context().with_named([ASPIRIN]))
    assert via in {entity.via for way in found for entity in way.entities}


def test_a_word_in_no_dictionary_may_be_a_word_beside_a_known_molecule(bench):
    found = ways_of("blorpily MW of aspirin", bench)
    best = max(found, key=lambda way: way.weight)
    assert [entity.kind for entity in best.entities if entity.kind in ("unknown", "molecule")] == ["molecule"]


@pytest.mark.parametrize(
    "text", ["MW of aspirin and zorbatinib", "MW of aspirin and floxibrane", "IC50 of aspirin on ZORB1"]
)
def test_a_name_stays_a_name_by_stem_list_or_place(text, bench):
    assert all(way.clause.of("unknown") for way in ways_of(text, bench))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("convert 1 µg/mL of imatinib to nM", "nM"),
        ("in µM?", "µM"),
        ("MW of aspirin", None),
        ("inhibitors under 10 nM", None),
    ],
)
def test_the_span_of_a_unit_asked_for_is_found(text, unit, bench):
    (clause,) = clauses_of(recognise(text, bench), lambda tokens: classify(tokens).ranked[0])
    span = unit_span(clause)
    assert (span and text[span[0] : span[1]]) == unit


def test_context_keeps_the_latest_of_each_sort_and_the_one_before():
    context = Context().with_named([ASPIRIN]).with_named([EGFR]).with_named([IBUPROFEN])
    assert context.latest == ("molecule", "target")
    assert context.named["molecule"] == (IBUPROFEN,)
    assert context.previous["molecule"] == (ASPIRIN,)
    assert context.with_named([]) is context
