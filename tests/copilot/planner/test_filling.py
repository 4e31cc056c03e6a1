import pytest


def frame_of(reading):
    (frame,) = reading.frames
    return frame


@pytest.mark.parametrize(
    ("question", "slots"),
    [
        ("MW, logP and TPSA of aspirin", {"properties": ("molecular_weight", "clogp", "tpsa")}),
        ("Does aspirin follow Lipinski and Veber?", {"rules": ("lipinski", "veber"), "yes_or_no": True}),
        ("PAINS and Brenk alerts of curcumin", {"catalogues": ("PAINS", "BRENK")}),
        ("Ki of imatinib on ABL1", {"activity_types": ("Ki",)}),
        ("Does EcoRI or BamHI cut ATGGATCCATGCATGC?", {"enzymes": ("EcoRI", "BamHI")}),
        ("Top 5 inhibitors of BTK", {"most": 5}),
        ("Convert 1 µg/mL of imatinib to nM", {"to_unit": "nM"}),
        ("Which rows of hits.smi contain a ketone?", {"files": ("hits.smi",)}),
        ("Which approved drugs act on EGFR?", {"aspects": ("approved",)}),
        ("Is the MW of aspirin below 500?", {"limit": ("<", 500.0), "yes_or_no": True}),
        ("Does aspirin have more than 3 rings?", {"limit": (">", 3.0), "properties": ("rings",)}),
        ("Does caffeine have 3 rings?", {"limit": ("=", 3.0)}),
        ("Does caffeine have two aromatic rings?", {"limit": ("=", 2.0)}),
        ("Does caffeine have no stereocentres?", {"limit": ("=", 0.0)}),
        ("Does ibuprofen have stereocentres?", {"limit": (">", 0.0)}),
        ("Is aspirin's formal charge zero or does it carry a formal charge?", {"properties": ("formal_charge",)}),
        ("Is the TPSA of aspirin bigger than 70?", {"limit": (">", 70.0), "properties": ("tpsa",)}),
        ("MW of aspirin", {"limit": None, "yes_or_no": False, "most": None, "to_unit": ""}),
    ],
)  # fmt: skip
def test_a_frame_holds_what_was_asked(question, slots, read):
    frame = frame_of(read(question))
    assert {name: getattr(frame, name) for name in slots} == slots


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("activities of imatinib on ABL1", "potency"), ("what was imatinib measured on", "compound_activities"), ("most potent compounds on ABL1", "target_activities"),
        ("how potent is imatinib", "compound_activities"), ("stereochemistry of ibuprofen", "property"), ("Murcko scaffold of imatinib", "scaffold"), ("Ensembl id of EGFR", "target_profile"),
        ("keywords of EGFR", "target_profile"), ("UniProt accession of EGFR", "target_identity"), ("mass of EGFR in kDa", "target_profile"),
    ],
)  # fmt: skip
def test_neighbouring_kinds_are_told_apart_by_what_is_named(question, kind, read):
    assert frame_of(read(question)).kind == kind


def test_pairs_of_compound_and_target_are_a_frame_each(read):
    frames = read("IC50 of erlotinib on EGFR and imatinib on ABL1").frames
    assert [(frame.molecules[0].value, frame.targets[0].value) for frame in frames] == [
        ("ERLOTINIB", "P00533"),
        ("IMATINIB", "P00519"),
    ]
    assert len(read("IC50 of erlotinib and gefitinib on EGFR").frames) == 1


def test_a_question_about_a_molecule_in_general_is_an_overview(read):
    frames = read("Tell me about imatinib").frames
    assert frames[0].kind == "identity"
    assert {frame.kind for frame in frames[1:]} == {"drug_status", "mechanism", "indications"}
    assert all(frame.optional for frame in frames[1:])


def test_a_bare_sequence_is_told_all_that_there_is_to_tell(read):
    assert [frame.kind for frame in read("ATGGCCATTGTAATGGGCCGC").frames] == ["gc_content", "translate", "orfs"]
    assert [frame.kind for frame in read("MKWVTFISLLFLFSSAYS").frames] == ["protein_properties"]


def test_the_mass_of_a_protein_is_no_property_of_a_molecule(read):
    frame = frame_of(read("molecular weight of EGFR"))
    assert (frame.properties, frame.aspects) == ((), ("mass",))


def test_an_unknown_name_takes_the_slot_in_which_it_stands(read):
    frame = frame_of(read("IC50 of zorbatinib on ZORB1"))
    assert ([item.value for item in frame.unknown], [item.value for item in frame.targets]) == (
        ["zorbatinib"],
        ["ZORB1"],
    )
    assert [item.value for item in frame_of(read("drugs for zorbix syndrome")).diseases] == ["zorbix syndrome"]
    assert [item.value for item in frame_of(read("Compare aspirin and zorbatinib")).unknown] == ["zorbatinib"]


@pytest.mark.parametrize(
    "question",
    [
        "Is aspirin an acid?",
        "does imatinib inhibit ABL1?",
        "so, can aspirin cross the BBB",
        "And has ibuprofen any alerts?",
        "isn't aspirin drug-like?",
    ],
)
def test_a_question_that_opens_with_its_verb_wants_yes_or_no(question, read):
    assert all(frame.yes_or_no for frame in read(question).frames)


@pytest.mark.parametrize(
    "question",
    ["What is the MW of aspirin?", "Which drugs act on EGFR?", "tell me the logP of aspirin", "isomers of ibuprofen"],
)
def test_other_questions_want_no_yes_or_no(question, read):
    assert not any(frame.yes_or_no for frame in read(question).frames)
