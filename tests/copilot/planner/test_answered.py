from biocopilot.copilot.planner.answered import names_answered

TABLE = "2 drugs. [E1]\n\n| {} | action | evidence |\n| --- | --- | --- |\n| {} | inhibitor | [E1] |\n| {} | inhibitor | [E1] |\n"


def values(found):
    return {kind: [entity.value for entity in items] for kind, items in found.items()}


def test_the_drugs_of_a_table_are_named(bench):
    answer = TABLE.format("drug", "ibrutinib", "acalabrutinib")
    assert values(names_answered(answer, bench)) == {"molecule": ["ibrutinib", "acalabrutinib"]}


def test_a_compound_without_a_name_is_meant_by_its_id(bench):
    answer = TABLE.format("compound", "zork-99 (CHEMBL4083087)", "erlotinib (CHEMBL553)")
    assert values(names_answered(answer, bench)) == {"molecule": ["CHEMBL4083087", "erlotinib"]}


def test_the_targets_of_a_table_and_of_mechanisms_are_named(bench):
    answer = TABLE.format("target", "EGFR (CHEMBL203)", "BTK (CHEMBL5251)")
    assert values(names_answered(answer, bench)) == {"target": ["P00533", "Q06187"]}
    said = "Imatinib acts as: Bcr-Abl inhibitor (ABL1), CHEMBL1862. [E1] Imatinib acts as: Kit inhibitor (KIT and PDGFRA). [E1]"
    assert values(names_answered(said, bench))["target"] == ["P00519", "P10721", "P16234"]


def test_a_short_protein_is_one_too(bench):
    (entity,) = names_answered("The protein is `MAK` (3 aa). [E1]", bench)["dna"]
    assert (entity.kind, entity.value) == ("peptide", "MAK")


def test_sequences_of_the_answer_are_named(bench):
    answer = "The protein is `MAIVMGR*` (7 aa). [E1] The RNA is `AUGGCC`. [E2] The reverse complement is `GGCCAT`. [E3]"
    found = names_answered(answer, bench)["dna"]
    assert [(entity.kind, entity.value) for entity in found] == [
        ("peptide", "MAIVMGR"),
        ("rna", "AUGGCC"),
        ("dna", "GGCCAT"),
    ]


def test_other_tables_and_plain_answers_name_nothing(bench):
    for answer in (
        "",
        "It weighs 180.16 g/mol. [E1]",
        TABLE.format("property", "MW", "logP"),
        "| drug |",
        "|||\n|||\n|||",
    ):
        assert names_answered(answer, bench) == {}
