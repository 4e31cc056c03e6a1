import pytest
from biocopilot.copilot.planner.frames import Entity


def sequence(kind, letters):
    return (Entity(kind, letters, 0, len(letters), letters, ""),)


DNA, PEPTIDE = sequence("dna", "ATGGCCATTGTA"), sequence("peptide", "MKWVTFISLL")


@pytest.mark.parametrize(
    ("clause", "extra"),
    [
        ("translate", {}), ("translate in frame 2", {"frame": 2}), ("translate the third reading frame", {"frame": 3}), ("translate it in frame -1", {"frame": -1}),
        ("translate with genetic code 11", {"genetic_code": 11}), ("translate with table 2", {"genetic_code": 2}), ("translate as mitochondrial", {"genetic_code": 2}), ("translate as bacteria do", {"genetic_code": 11}),
    ],
)  # fmt: skip
def test_frame_and_genetic_code_are_read_from_the_question(clause, extra, plan):
    ((_key, tool, arguments),) = plan("translate", clause, sequences=DNA)
    assert (tool, arguments) == ("sequence_tools", {"operation": "translate", "sequence": "ATGGCCATTGTA", **extra})


def test_short_sequences_are_searched_for_short_frames(plan):
    assert plan("orfs", sequences=DNA)[0][2]["min_orf_aa"] == 5
    assert plan("orfs", sequences=sequence("dna", "ATGC" * 100))[0][2]["min_orf_aa"] == 30


def test_a_local_alignment_is_one_where_it_is_asked_for(plan):
    two = (*DNA, *sequence("dna", "ATGGCGATTGTA"))
    assert plan("alignment", "align", sequences=two)[0][2] == {
        "operation": "align",
        "sequence": "ATGGCCATTGTA",
        "other": "ATGGCGATTGTA",
    }
    assert plan("alignment", "align locally", sequences=two)[0][2]["alignment_mode"] == "local"


def test_the_enzymes_asked_for_are_looked_at(plan):
    assert plan("restriction", sequences=DNA, enzymes=("EcoRI",))[0][2]["enzymes"] == ["EcoRI"]
    assert "enzymes" not in plan("restriction", sequences=DNA)[0][2]


def test_properties_of_a_gene_wait_for_its_translation(plan, made):
    translation, properties = plan("protein_properties", sequences=DNA)
    assert (translation[0], properties[0]) == ("ts1", "s1")
    results = made.results({"ts1": {"type": "sequence_translation", "protein": "MAIV"}})
    assert properties[2](results) == {"operation": "protein_properties", "sequence": "MAIV"}
    assert properties[2](made.results({})) is None


def test_properties_of_a_target_wait_for_its_sequence(plan, made):
    profile, properties = plan("protein_properties", targets=made.entities("target", "EGFR"))
    assert (profile[1], profile[2]) == ("target_profile", {"target": "EGFR", "include_sequence": True})
    assert properties[2](made.results({"t1": {"type": "target_profile", "sequence": "MAIV"}}))["sequence"] == "MAIV"
    assert properties[2](made.results({"t1": {"type": "target_profile", "sequence": ""}})) is None


def test_gc_content_is_compared_with_a_limit(tell, made):
    record = {
        "type": "sequence_gc",
        "gc_content": made.quantity(50.0, "%"),
        "gc_count": made.quantity(6),
        "counted_letters": made.quantity(12),
    }
    for limit, begins in (
        (None, "The GC content is 50.00 %"),
        ((">", 40.0), "Yes: the GC content"),
        (("<", 40.0), "No: the GC content"),
    ):
        told = tell("gc_content", "gc", {"s1": record}, sequences=DNA, limit=limit)
        assert told.sentences[0].startswith(begins)
        assert told.unsupported() == []


def test_no_open_frame_is_said_with_the_least_length(tell, made):
    record = {"type": "sequence_orfs", "orfs": [], "total": made.quantity(0), "least_length": made.quantity(30, "aa")}
    told = tell("orfs", "orfs", {"s1": record}, sequences=DNA)
    assert "open reading frame" in told.sentences[0]
    assert "30 aa" in told.sentences[0]
    assert told.unsupported() == []


def test_sites_that_are_not_there_are_said(tell):
    record = {"type": "restriction_map", "cutters": [], "not_cutting": ["EcoRI", "BamHI"]}
    assert tell("restriction", "cut", {"s1": record}, sequences=DNA, enzymes=("EcoRI", "BamHI")).sentences == [
        "No site for EcoRI or BamHI was found."
    ]
    assert tell("restriction", "cut", {"s1": record}, sequences=DNA).sentences == [
        "No enzyme of the set looked at cuts it."
    ]


def test_a_number_of_residues_is_counted_from_the_composition(tell, made):
    record = {
        "type": "protein_properties",
        "sequence": {"length": made.quantity(10, "aa")},
        "composition": {"C": 2, "K": 1},
    }
    told = tell(
        "protein_properties",
        "how many cysteines, lysines and prolines, and how long is it",
        {"s1": record},
        sequences=PEPTIDE,
        aspects=("length",),
    )
    assert told.sentences == ["It has 10 aa.", "It has 2 cysteines.", "It has 1 lysine.", "There is no proline in it."]
    assert told.unsupported() == []


@pytest.mark.parametrize(
    ("given", "to_unit", "wanted"),
    [(("µg/mL", 1.0), "nM", "nM"), (("nM", 5.0), "", "µM"), (("µM", 5.0), "", "nM"), (("pIC50", 7.0), "", "nM"), (("mM", 1.0), "", "µM"), (("pM", 1.0), "", "nM"), (("mg/mL", 1.0), "", "nM")],
)  # fmt: skip
def test_a_concentration_goes_to_the_unit_asked_for_or_the_next_one(given, to_unit, wanted, plan, made):
    unit, number = given
    entity = (Entity("quantity", "q", 0, 1, "q", "q", number=number, unit=unit),)
    ((_key, tool, arguments),) = plan(
        "concentration", quantities=entity, molecules=made.entities("molecule", "aspirin"), to_unit=to_unit
    )
    assert (tool, arguments) == (
        "convert_concentration",
        {"value": number, "unit": unit, "to_unit": wanted, "molecule": "aspirin"},
    )


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("translate ATGGCCATTGTAATGGGCCGCTGA", "The protein is `MAIVMGR`"), ("translate AUGGCCAUUGUA", "The protein is `MAIV`"), ("transcribe ATGGCCATTGTA", "The RNA is `AUGGCCAUUGUA`"),
        ("reverse complement of ATGGCCATTGTA", "The reverse complement is `TACAATGGCCAT`"), ("GC content of GGCCATATGGCC", "The GC content is 66.67 %"), ("Is the GC content of GGCCATATGGCC above 50 %?", "Yes: the GC content"),
        ("Does EcoRI cut ATGAATTCATGC?", "These enzymes cut: EcoRI"), ("Does BamHI cut ATGAATTCATGC?", "No site for BamHI"), ("pI of MKWVTFISLLFLFSSAYS", "The isoelectric point is"),
        ("How many cysteines are in the peptide ACDCEFGHIK?", "It has 2 cysteines"), ("align ATGGCCATTGTA and ATGGCGATTGTA", "The two sequences are 91.7 % identical"), ("1 µM aspirin in nM", "1 µM is 1,000 nM"), ("pIC50 of 7 in nM", "pIC50 7 is 100 nM"),
    ],
)  # fmt: skip
def test_real_questions_begin_with_what_was_asked(question, begins, first):
    assert first(question).startswith(begins)
