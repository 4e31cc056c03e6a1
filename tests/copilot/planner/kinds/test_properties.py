import pytest
from biocopilot.copilot.planner.kinds.properties import ranking, within


@pytest.fixture
def record(made):
    def molecule(name, **values):
        rules = {
            key: {
                "passes": passes,
                "violations": 0 if passes else 1,
                "details": [{"text": "TPSA 150 Å² is over 140 Å²", "passes": passes}],
            }
            for key, passes in {
                "lipinski": True,
                "veber": False,
                "egan": True,
                "ghose": True,
                "lead_like": False,
            }.items()
        }
        units = {
            "molecular_weight": "g/mol",
            "monoisotopic_mass": "Da",
            "tpsa": "Å²",
            "clogp": "dimensionless",
            "qed": "dimensionless",
        }
        properties = {key: made.quantity(value, units.get(key, "count")) for key, value in values.items()}
        return {
            "type": "molecule_properties",
            "molecule": {"query": name, "name": name.upper(), "smiles": "C"},
            "properties": properties,
            "rules": rules,
            "limits": [140, 150],
        }

    return molecule


def test_one_property_is_a_sentence_with_value_unit_and_convention(tell, record, made):
    told = tell(
        "property",
        "MW of x",
        {"m1": record("xolane", tpsa=63.6)},
        molecules=made.entities("molecule", "xolane"),
        properties=("tpsa",),
    )
    assert told.sentences == ["The topological polar surface area (TPSA) of xolane is 63.60 Å² (as told)."]
    assert (told.status, told.unsupported()) == ("answered", [])


def test_the_molecular_weight_comes_with_the_monoisotopic_mass(plan, tell, record, made):
    ((_key, tool, arguments),) = plan(
        "property", molecules=made.entities("molecule", "xolane"), properties=("molecular_weight",)
    )
    assert (tool, arguments["properties"]) == ("molecule_properties", ["molecular_weight", "monoisotopic_mass"])
    told = tell(
        "property",
        "MW",
        {"m1": record("xolane", molecular_weight=180.16, monoisotopic_mass=180.0423)},
        molecules=made.entities("molecule", "xolane"),
        properties=("molecular_weight",),
    )
    assert told.sentences == [
        "The average molecular weight of xolane is 180.16 g/mol (as told).",
        "Its monoisotopic mass is 180.0423 Da.",
    ]


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [(("<", 500.0), "Yes"), (("<", 100.0), "No"), ((">", 100.0), "Yes"), (("<=", 150.0), "Yes"), ((">=", 150.1), "No"), (("=", 150.0), "Yes"), (("=", 151.0), "No"), (("!=", 0.0), "Yes")],
)  # fmt: skip
def test_a_limit_is_answered_with_yes_or_no(limit, verdict, tell, record, made):
    told = tell(
        "property",
        "is it",
        {"m1": record("xolane", tpsa=150.0)},
        molecules=made.entities("molecule", "xolane"),
        properties=("tpsa",),
        limit=limit,
        yes_or_no=True,
    )
    assert told.sentences[0].startswith(f"{verdict}: the topological")
    assert within(made.quantity(150.0), limit) is (verdict == "Yes")


def test_a_value_that_is_not_there_is_within_no_limit():
    assert not within({}, ("<", 500.0))


def test_one_ring_is_singular_and_none_is_plural(tell, record, made):
    for count, words in ((1, "Xolane has 1 ring"), (0, "Xolane has 0 rings"), (2, "Xolane has 2 rings")):
        told = tell(
            "property",
            "rings",
            {"m1": record("xolane", rings=count)},
            molecules=made.entities("molecule", "xolane"),
            properties=("rings",),
        )
        assert told.sentences[0].startswith(words)


@pytest.mark.parametrize(
    ("clause", "first"),
    [("which is heavier", "By topological polar surface area (TPSA), bolane (90.00 Å²) is higher than aolane (50.00 Å²)."), ("which is lighter", "By topological polar surface area (TPSA), aolane (50.00 Å²) is lower than bolane (90.00 Å²).")],
)  # fmt: skip
def test_several_molecules_are_ranked_the_way_it_was_asked(clause, first, tell, record, made):
    told = tell(
        "property",
        clause,
        {"m1": record("aolane", tpsa=50.0), "m2": record("bolane", tpsa=90.0)},
        molecules=made.entities("molecule", "aolane", "bolane"),
        properties=("tpsa",),
    )
    assert told.sentences[0] == first
    assert told.rows == [("aolane", "50.00 Å²"), ("bolane", "90.00 Å²")]
    assert told.unsupported() == []


def test_what_is_shown_alike_is_not_ranked(record):
    rows = [record("aolane", tpsa=50.001), record("bolane", tpsa=50.002)]
    assert (
        ranking(rows, "tpsa")
        == "Bolane (50.00 Å²) and aolane (50.00 Å²) do not differ in topological polar surface area (TPSA)."
    )
    assert ranking(rows[:1], "tpsa") == ranking(rows, "qed") == ""


@pytest.mark.parametrize(
    ("clause", "rules", "first"),
    [
        ("does xolane follow Lipinski's rule", ("lipinski",), "Yes: xolane follows Lipinski's rule of five."), ("does xolane violate Lipinski's rule", ("lipinski",), "No: xolane follows Lipinski's rule of five."),
        ("does xolane break Veber's rule", ("veber",), "Yes: xolane does not follow Veber's rule."), ("does xolane fail Veber", ("veber",), "Yes: xolane does not follow Veber's rule."), ("does xolane pass Veber", ("veber",), "No: xolane does not follow Veber's rule."),
    ],
)  # fmt: skip
def test_yes_and_no_change_places_where_it_is_asked_whether_a_rule_is_broken(clause, rules, first, tell, record, made):
    told = tell(
        "drug_likeness",
        clause,
        {"m1": record("xolane", qed=0.5)},
        molecules=made.entities("molecule", "xolane"),
        rules=rules,
    )
    assert told.sentences[0] == first
    assert told.unsupported() == []


def test_without_a_rule_all_are_told_and_the_qed(tell, record, made):
    told = tell(
        "drug_likeness",
        "is xolane drug-like",
        {"m1": record("xolane", qed=0.512)},
        molecules=made.entities("molecule", "xolane"),
    )
    assert told.sentences[0] == "Yes: xolane follows Lipinski's rule of five."
    assert any("does not pass Veber's rule (TPSA 150" in text for text in told.sentences)
    assert "Its QED is 0.512 on a scale from 0 to 1." in told.sentences


def test_a_molecule_that_was_missed_leaves_the_other_told(tell, record, made):
    from biocopilot.memory.records import ToolResult

    failed = ToolResult(status="failed", error="InvalidStructure", digest="Atom 3 has five bonds.\nCheck it.")
    told = tell(
        "property",
        "TPSA",
        {"m1": record("xolane", tpsa=63.6), "m2": failed},
        molecules=made.entities("molecule", "xolane", "bad"),
        properties=("tpsa",),
    )
    assert told.status == "partial"
    assert told.asides == ["Atom 3 has five bonds. Check it."]


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("What is the molecular weight of aspirin?", "The average molecular weight of aspirin is 180.16 g/mol"), ("Is the logP of aspirin above 5?", "No: the Crippen cLogP of aspirin"), ("Is the MW of atorvastatin over 500?", "Yes: the average molecular weight"),
        ("Does atorvastatin violate the rule of five?", "Yes: atorvastatin"), ("Does aspirin violate the rule of five?", "No: aspirin"), ("Does aspirin follow the rule of five?", "Yes: aspirin"),
        ("Does caffeine have 3 rings?", "No: caffeine has 2 rings"), ("Is caffeine lighter than aspirin?", "No"), ("Is aspirin lighter than caffeine?", "Yes"), ("Is imatinib lighter than aspirin?", "No"),
        ("Does ibuprofen cross the blood-brain barrier?", "Ibuprofen is expected to cross"), ("Is aspirin absorbed from the gut?", "Aspirin is expected to be well absorbed"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)
