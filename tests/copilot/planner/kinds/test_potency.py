import pytest
from biocopilot.copilot.planner.frames import Entity
from biocopilot.memory.records import ToolResult

EGFR = (Entity("target", "EGFR", 10, 14, "P00533", "EGFR"),)


@pytest.fixture
def activities(made):
    def record(name="xolane", median=12.5, n=4, **more):
        statistics = {
            "n": n, "n_compounds": 1, "median": made.quantity(median, "nM"), "median_pchembl": 7.9, "iqr_low": made.quantity(5.0, "nM"), "iqr_high": made.quantity(30.0, "nM"),
            "min": made.quantity(1.0, "nM"), "max": made.quantity(90.0, "nM"), "censored": {},
        }  # fmt: skip
        return {
            "type": "activities",
            "activity_type": "IC50",
            "molecule": {"query": name, "name": name.upper()},
            "target": {"gene": "EGFR"},
            "statistics": statistics,
            "other_types": {},
            "rows": [],
            **more,
        }

    return record


def quantity(number, unit, relation=""):
    return (Entity("quantity", "q", 0, 1, "q", "q", number=number, unit=unit, relation=relation),)


def test_every_compound_is_asked_of_every_target(plan, made):
    keys = [
        key
        for key, *_ in plan(
            "potency", molecules=made.entities("molecule", "a", "b"), targets=made.entities("target", "X", "Y")
        )
    ]
    assert keys == ["m1t1", "m1t2", "m2t1", "m2t2"]


@pytest.mark.parametrize(
    ("slots", "filters"),
    [
        ({"activity_types": ("Ki",)}, {"activity_type": "Ki"}), ({"quantities": quantity(100.0, "nM", "<")}, {"threshold_nm": 100.0}), ({"quantities": quantity(1.0, "µM", "<")}, {"threshold_nm": 1000.0}),
        ({"quantities": quantity(7.0, "pIC50", ">")}, {"min_pchembl": 7.0}), ({"quantities": quantity(1.0, "µM", ">")}, {"above_nm": 1000.0}), ({"quantities": quantity(7.0, "pIC50", "<")}, {"above_nm": 100.0}), ({"most": 5}, {"most": 5}), ({"aspects": ("approved",)}, {"approved_only": True}), ({}, {}),
    ],
)  # fmt: skip
def test_what_narrows_a_question_reaches_the_tool(slots, filters, plan):
    assert plan("target_activities", targets=EGFR, **slots) == [
        ("t1", "target_activities", {"target": "P00533", **filters})
    ]


def test_a_median_is_told_with_its_spread(tell, activities, made):
    told = tell("potency", "IC50", {"m1t1": activities()}, molecules=made.entities("molecule", "xolane"), targets=EGFR)
    assert told.sentences == [
        "The IC50 of xolane on EGFR is 12.5 nM as the median of 4 measurements (pChEMBL 7.90).",
        "Half of these values lie between 5 nM and 30 nM; the extremes are 1 nM and 90 nM.",
    ]
    assert (told.status, told.unsupported()) == ("answered", [])


def test_one_measurement_has_no_spread_and_bounds_stay_out_of_the_median(tell, activities, made):
    single = activities(n=1)
    single["statistics"].update(iqr_low=None, censored={">": 3})
    told = tell("potency", "IC50", {"m1t1": single}, molecules=made.entities("molecule", "xolane"), targets=EGFR)
    assert told.sentences == [
        "The IC50 of xolane on EGFR is 12.5 nM (pChEMBL 7.90, 1 measurement).",
        "Bounds, kept out of the median: 3 with “>”.",
    ]


def test_the_more_potent_of_two_is_named_first(tell, activities, made):
    records = {"m1t1": activities("aolane", 50.0), "m2t1": activities("bolane", 5.0)}
    told = tell(
        "potency",
        "which is more potent",
        records,
        molecules=made.entities("molecule", "aolane", "bolane"),
        targets=EGFR,
    )
    assert (
        told.sentences[0]
        == "By median IC50, the most potent is bolane on EGFR (5 nM), then aolane on EGFR (50 nM); assays differ, so small gaps mean little."
    )
    assert told.unsupported() == []


def test_values_of_two_types_are_not_compared(tell, activities, made):
    records = {"m1t1": activities("aolane", 50.0), "m2t1": activities("bolane", 5.0, activity_type="Ki")}
    told = tell(
        "potency",
        "which is more potent",
        records,
        molecules=made.entities("molecule", "aolane", "bolane"),
        targets=EGFR,
    )
    assert not any("most potent" in text for text in told.sentences)


def test_a_limit_that_was_kept_is_yes(tell, activities, made):
    told = tell(
        "potency",
        "is xolane active below 100 nM",
        {"m1t1": activities()},
        molecules=made.entities("molecule", "xolane"),
        targets=EGFR,
        quantities=quantity(100.0, "nM", "<"),
        yes_or_no=True,
    )
    assert told.sentences[0] == "Yes: values of xolane on EGFR within that limit were measured."


def test_another_unit_waits_for_the_median(plan, activities, made):
    nodes = {
        key: arguments
        for key, _tool, arguments in plan(
            "potency", molecules=made.entities("molecule", "xolane"), targets=EGFR, to_unit="µM"
        )
    }
    assert nodes["um1t1"](made.results({"m1t1": activities()})) == {"value": 12.5, "unit": "nM", "to_unit": "µM"}
    assert nodes["um1t1"](made.results({})) is None
    assert "um1t1" not in {
        key for key, *_ in plan("potency", molecules=made.entities("molecule", "xolane"), targets=EGFR, to_unit="nM")
    }


def test_nothing_measured_is_missed_with_its_search(tell, made):
    nothing = ToolResult(
        status="empty",
        evidence=(made.evidence({"type": "not_found", "message": "No values of xolane on EGFR."}),),
        matched=0,
        returned=0,
    )
    told = tell("potency", "IC50", {"m1t1": nothing}, molecules=made.entities("molecule", "xolane"), targets=EGFR)
    assert (told.status, told.sentences) == ("unknown", ["No values of xolane on EGFR."])


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("IC50 of erlotinib on EGFR", "The IC50 of erlotinib on EGFR is"), ("Which is more potent on EGFR, erlotinib or gefitinib?", "By median IC50, the most potent is"), ("Most potent compounds on BTK", "BTK has"),
        ("What does imatinib act on?", "Imatinib acts as"), ("Does erlotinib inhibit EGFR?", "Yes: a mechanism through EGFR"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)
