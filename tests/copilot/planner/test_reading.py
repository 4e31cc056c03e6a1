import pytest
from biocopilot.copilot.planner.classifier import LEAST_MARGIN
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

BTK_DRUGS = (
    "3 drugs in this source act on BTK. [E1]\n\n| drug | action | first approval | ChEMBL id | evidence |\n| --- | --- | --- | --- | --- |\n"
    "| ibrutinib | inhibitor | 2013 | CHEMBL1873475 | [E1] |\n| acalabrutinib | inhibitor | 2017 | CHEMBL3707348 | [E1] |\n| zanubrutinib | inhibitor | 2019 | CHEMBL3936761 | [E1] |"
)
ASKED_BTK = ("Which drugs act on BTK?", BTK_DRUGS)


def meant(reading):
    """Kind and names of each frame, as they would be called with."""
    return [
        (
            frame.kind,
            *(entity.value for entity in (*frame.molecules, *frame.targets, *frame.diseases, *frame.sequences)),
        )
        for frame in reading.frames
    ]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("MW of aspirin?", [("property", "ASPIRIN")]),
        ("Is erlotinib drug-like, how potent is it on EGFR, and what does EGFR do?", [("drug_likeness", "ERLOTINIB"), ("potency", "ERLOTINIB", "P00533"), ("target_profile", "P00533")]),
        ("mechanism and indications of imatinib", [("mechanism", "IMATINIB"), ("indications", "IMATINIB")]),
        ("What is the MW, and the logP, of aspirin", [("property", "ASPIRIN")]),
        ("IC50 of erlotinib on EGFR and imatinib on ABL1", [("potency", "ERLOTINIB", "P00533"), ("potency", "IMATINIB", "P00519")]),
        ("1. MW of aspirin\n2. logP of it\n3. targets of imatinib", [("property", "ASPIRIN"), ("property", "ASPIRIN"), ("mechanism", "IMATINIB")]),
        ("translate ATGGCCATTGTAATGGGCCGC", [("translate", "ATGGCCATTGTAATGGGCCGC")]),
        ("Name two drugs for CML", [("drugs_for_indication", "chronic myeloid leukemia")]),
        ("Is aspirin in the brain and does it inhibit PTGS2", [("permeability", "ASPIRIN"), ("potency", "ASPIRIN", "P35354")]),
    ],
)  # fmt: skip
def test_a_question_is_its_frames_in_order(question, expected, read):
    reading = read(question)
    assert meant(reading) == expected
    assert all(frame.margin >= LEAST_MARGIN for frame in reading.frames)
    assert reading.follow_up_of == ""


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("its logP?", ["MW of aspirin?"], [("property", "ASPIRIN")]),
        ("What is it used for?", ["MW of aspirin?"], [("indications", "ASPIRIN")]),
        ("Does it cross the BBB, and is it absorbed?", ["MW of aspirin"], [("permeability", "ASPIRIN"), ("permeability", "ASPIRIN")]),
        ("and gefitinib?", ["MW of aspirin?"], [("property", "GEFITINIB")]),
        ("and its TPSA?", ["MW of aspirin?", "and gefitinib?"], [("property", "GEFITINIB")]),
        ("What about HER2?", ["drugs that inhibit EGFR"], [("drugs_for_target", "P04626")]),
        ("no, I meant adagrasib", ["mechanism of sotorasib"], [("mechanism", "ADAGRASIB")]),
        ("sorry, KRAS", ["drugs for EGFR"], [("drugs_for_target", "P01116")]),
        ("What is its function?", ["UniProt accession of EGFR", "MW of erlotinib"], [("target_profile", "P00533")]),
        ("compare them", ["MW of erlotinib", "and gefitinib?"], [("compare", "ERLOTINIB", "GEFITINIB")]),
        ("how similar is it to gefitinib?", ["MW of erlotinib"], [("similarity", "GEFITINIB", "ERLOTINIB")]),
        ("and 5 mM?", ["Convert 1 mM of aspirin to mg/L"], [("concentration", "ASPIRIN")]),
        ("TPSA of the former", ["MW of erlotinib and gefitinib"], [("property", "ERLOTINIB")]),
        ("When was the second one approved?", [ASKED_BTK], [("drug_status", "acalabrutinib")]),
        ("is the last one drug-like?", [ASKED_BTK], [("drug_likeness", "zanubrutinib")]),
        ("What are their molecular weights?", [ASKED_BTK], [("property", "ibrutinib", "acalabrutinib", "zanubrutinib")]),
        ("its logP?", [ASKED_BTK, "MW of the second one"], [("property", "acalabrutinib")]),
    ],
)  # fmt: skip
def test_a_follow_up_means_what_was_named_before(question, earlier, expected, read):
    reading = read(question, *earlier)
    assert meant(reading) == expected
    assert reading.follow_up_of == (earlier[-1] if isinstance(earlier[-1], str) else earlier[-1][0])


def test_a_unit_alone_asks_the_last_value_again(read):
    (frame,) = read("in µM?", "IC50 of erlotinib on EGFR").frames
    assert (frame.kind, frame.to_unit, frame.molecules[0].value, frame.targets[0].value) == (
        "potency",
        "µM",
        "ERLOTINIB",
        "P00533",
    )


def test_its_target_is_found_through_the_molecule(read):
    for question, earlier in (
        ("Which drugs act on its target?", ["mechanism of ibrutinib"]),
        ("Which drugs act on the target of ibrutinib?", []),
    ):
        (frame,) = read(question, *earlier).frames
        assert frame.kind == "drugs_for_target"
        assert [target.via for target in frame.targets] == ["IBRUTINIB"]


def test_what_lies_far_back_is_no_longer_meant(read):
    earlier = ["MW of aspirin", *["hi"] * 6]
    assert meant(read("What is it used for?", *earlier)) == [("indications",)]
    assert meant(read("What is it used for?", *earlier[:6])) == [("indications", "ASPIRIN")]


def test_a_question_of_its_own_leans_on_nothing(read):
    reading = read("What does EGFR do?", "MW of aspirin")
    assert meant(reading) == [("target_profile", "P00533")]
    assert reading.follow_up_of == ""


@pytest.mark.parametrize(
    "question",
    [
        "hi! MW of caffeine?", "Hello there, what is the MW of caffeine? Thanks, Bob", "Good morning team - MW of caffeine please. Best regards, Ann Lee", "Dear all,\nMW of caffeine?\nCheers",
        "quick question: MW of caffeine? ty", "MW of caffeine? Thank you so much in advance!",
    ],
)  # fmt: skip
def test_greetings_and_thanks_beside_a_question_are_left_out(question, read):
    assert meant(read(question)) == [("property", "CAFFEINE")]
    assert read(question).dropped == ()


@pytest.mark.parametrize(
    "question",
    ["My boss is waiting. MW of caffeine?", "MW of caffeine? That would be great.", "It is for a talk tomorrow. What is the MW of caffeine?", "Nice tool! What is the MW of caffeine?", "Sorry to bother you again. MW of caffeine?"],
)  # fmt: skip
def test_remarks_beside_a_question_are_left_out(question, read):
    assert meant(read(question)) == [("property", "CAFFEINE")]


@pytest.mark.parametrize("question", ["hi", "Hello!", "thanks!", "what can you do?"])
def test_a_greeting_alone_is_answered_with_what_can_be_asked(question, read):
    assert [frame.kind for frame in read(question).frames] == ["help"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("We use midazolam in the study. Is it CNS penetrant?", [("permeability", "MIDAZOLAM")]),
        ("I am working on EGFR. Which drugs are there?", [("drugs_for_target", "P00533")]),
        ("I have CC(=O)Oc1ccccc1C(=O)O here. What is its logP?", [("property", "CC(=O)Oc1ccccc1C(=O)O")]),
        (">seq1 Homo sapiens\nATGGCCATTGTAATGGGCCGC\nTranslate it, please.", [("translate", "ATGGCCATTGTAATGGGCCGC")]),
    ],
)  # fmt: skip
def test_a_statement_says_what_the_question_is_about(question, expected, read):
    assert meant(read(question)) == expected


def test_a_mended_spelling_is_told(read):
    assert read("MW of asprin").corrections == (("asprin", "ASPIRIN"),)
    assert read("MW of aspirin").corrections == ()


@pytest.mark.parametrize(
    "question",
    [
        "MW of zorbatinib",
        "Is zorbatinib drug-like?",
        "IC50 of zorbatinib on EGFR",
        "IC50 of QX-12345 on EGFR",
        "What is zorbatinib used for?",
        "mechanism of QX-12345",
    ],
)
def test_an_unknown_name_stays_in_the_frame_to_be_missed(question, read):
    (frame,) = read(question).frames
    assert [entity.value for entity in frame.unknown] in (["zorbatinib"], ["QX-12345"])
    assert not frame.molecules


def test_an_unknown_name_among_known_ones_is_not_dropped(read):
    (frame,) = read("MW of aspirin and zorbatinib").frames
    assert ([item.value for item in frame.molecules], [item.value for item in frame.unknown]) == (
        ["ASPIRIN"],
        ["zorbatinib"],
    )


def test_an_unknown_name_where_a_target_stands_is_looked_for_as_one(read):
    (frame,) = read("Which drugs inhibit ZORB1?").frames
    assert (frame.kind, [item.value for item in (*frame.targets, *frame.unknown)]) == ("drugs_for_target", ["ZORB1"])


@pytest.mark.parametrize(
    "question",
    ["Find papers about EGFR resistance", "How do I synthesise aspirin?", "Design a primer for BRCA1", "What dose of warfarin should I take?", "Dock imatinib into ABL1", "What is the weather like?"],
)  # fmt: skip
def test_what_nothing_here_can_answer_is_told_apart(question, read):
    assert [frame.kind for frame in read(question).frames] == ["unsupported"]


@pytest.mark.parametrize(
    "marks",
    [
        "<b>{}</b>",
        "[bold]{}[/bold]",
        "**{}**",
        "`{}`",
        "\u200b{}\u200b",
        "{}\x00",
        "| {} |",
        "# {}",
        "[{}](http://x.example)",
        "{{{}}}",
        "\u202e{}",
    ],
)
def test_markup_and_control_characters_are_harmless(marks, read):
    reading = read(marks.format("MW of aspirin"))
    assert ("property", "ASPIRIN") in meant(reading)


def test_the_same_question_is_read_the_same_way(read):
    question = "Is asprin drug-like, and what else hits its target? Thanks"
    assert read(question, ASKED_BTK) == read(question, ASKED_BTK)


def test_nothing_is_nothing(read):
    for question in ("", " ", "?", "...", "\n\n"):
        assert read(question).frames == ()


_TRICKY = st.sampled_from(
    "MW of aspirin, its and the second one of them? 1. (2) - • 10 nM in µM compare ATGGCCATTGTA >x \n [#6]~[#7] CC(=O c1ccccc1 hi thanks no, I meant EGFR target 's ’s | ` ** \x1b[0m".split(
        " "
    )
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
@given(st.text(max_size=2_000))
@example("(" * 2_000)
@example("C(" * 1_000)
@example("a-" * 1_000)
@example("1." * 1_000)
@example("the target of " * 140)
@example("and, " * 400)
@example("µ" * 2_000)
@example("\ud7ff\U0010ffff" * 100)
def test_arbitrary_text_is_read_without_raising(read, text):
    reading = read(text)
    assert reading.question == text
    assert all(frame.clause in text for frame in reading.frames)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120)
@given(st.lists(_TRICKY, max_size=25).map(" ".join), st.lists(_TRICKY, max_size=10).map(" ".join))
def test_any_mixture_of_what_is_known_is_read_without_raising(read, text, earlier):
    reading = read(text, (earlier, earlier))
    assert all(0 <= entity.start < entity.end <= len(text) for entity in reading.entities)
    assert all(0.0 <= frame.probability <= 1.0 for frame in reading.frames)
