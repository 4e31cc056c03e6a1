"""One human protein out of what a person writes: from the local store, then HGNC, never by guessing."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import Ambiguous, InvalidIdentifier, NotFound, OfflineRefused, SourceUnavailable
from biocopilot.tools.targets.human_protein import HumanProtein, human_protein


@pytest.fixture
def find(asking: Any, hgnc: Any) -> Any:
    async def run(text: str, offline: bool = False) -> HumanProtein:
        transport = asking.bench.kept_replies if offline else asking.bench.transport
        async with transport.session() as session:
            return await human_protein(text, asking, session)

    return run


@pytest.mark.parametrize("text", ["EGFR", " ERBB1 ", "p00533", "CHEMBL203", "Epidermal growth factor receptor"])
async def test_what_the_local_store_knows_asks_nobody(find: Any, faulty: Any, text: str) -> None:
    protein = await find(text)
    assert (protein.accession, protein.gene, protein.label) == ("P00533", "EGFR", "EGFR")
    assert faulty.count() == 0


async def test_an_unknown_accession_is_taken_as_it_is_and_said(find: Any, faulty: Any) -> None:
    protein = await find("Q9Y6K9-2")
    assert (protein.accession, protein.gene) == ("Q9Y6K9", None)
    assert "not in the local store" in protein.notes[0]
    assert faulty.count() == 0


async def test_hgnc_is_asked_for_an_unknown_symbol_and_said(find: Any, hgnc: Any) -> None:
    hgnc.add(9999, "XYZ9", alias_symbol=["OLDXYZ"], uniprot_ids=["Q9Y6K9"], name="xyz protein 9")
    protein = await find("OLDXYZ")
    assert (protein.accession, protein.gene, protein.name) == ("Q9Y6K9", "XYZ9", "xyz protein 9")
    assert protein.matched_by == "HGNC alias symbol"
    assert protein.notes[0] == "HGNC has OLDXYZ as alias symbol of XYZ9 (HGNC:9999)."


async def test_an_alias_of_several_genes_is_not_chosen(find: Any, hgnc: Any) -> None:
    hgnc.add(1, "AAA9", alias_symbol=["QQQ9"], uniprot_ids=["Q9Y6K9"])
    hgnc.add(2, "BBB9", alias_symbol=["QQQ9"], uniprot_ids=["Q9Y6K8"])
    with pytest.raises(Ambiguous) as caught:
        await find("QQQ9")
    assert len(caught.value.nearest) == 2


async def test_a_gene_of_several_proteins_is_not_chosen(find: Any, hgnc: Any) -> None:
    hgnc.add(1, "AAA9", uniprot_ids=["Q9Y6K9", "Q9Y6K8"])
    with pytest.raises(Ambiguous, match="AAA9 makes several proteins") as caught:
        await find("AAA9")
    assert caught.value.nearest == ("Q9Y6K9", "Q9Y6K8")


async def test_a_gene_without_a_protein_says_its_type(find: Any, hgnc: Any) -> None:
    hgnc.add(1, "LNC9", locus_type="RNA, long non-coding")
    with pytest.raises(NotFound, match=r"no protein of LNC9 \(RNA, long non-coding\)"):
        await find("LNC9")


async def test_several_human_proteins_of_a_name_are_listed(find: Any, faulty: Any) -> None:
    with pytest.raises(Ambiguous) as caught:
        await find("PI3K")
    assert "PIK3CA (P42336)" in caught.value.nearest
    assert faulty.count() == 0


async def test_what_neither_knows_says_both_and_the_nearest(find: Any, hgnc: Any) -> None:
    with pytest.raises(NotFound, match=r"No target called EGFRR.*No human gene is called EGFRR") as caught:
        await find("EGFRR")
    assert caught.value.nearest


async def test_where_hgnc_fails_the_protein_is_not_said_to_be_unknown(find: Any, faulty: Any, hgnc: Any) -> None:
    faulty.serve("/hgnc/*", faulty.answer("down", 503))
    faulty.serve("/hgnc/info", faulty.answer("down", 503))
    with pytest.raises(SourceUnavailable, match="HGNC, which may know it, did not answer"):
        await find("OLDXYZ")


async def test_offline_only_the_local_store_is_asked(find: Any, faulty: Any) -> None:
    assert (await find("EGFR", offline=True)).accession == "P00533"
    with pytest.raises(OfflineRefused):
        await find("OLDXYZ", offline=True)
    assert faulty.count() == 0


async def test_a_protein_of_another_species_is_not_asked_for(find: Any, asking: Any, faulty: Any) -> None:
    row = asking.bench.uniprot.database.row("SELECT accession FROM uniprot_entry WHERE tax_id <> 9606 LIMIT 1")
    with pytest.raises(NotFound, match="only human proteins are asked for"):
        await find(row["accession"])
    assert faulty.count() == 0


@pytest.mark.parametrize(
    ("text", "error"), [("BSYNRYMUTXBXSQ-UHFFFAOYSA-N", InvalidIdentifier), ("CHEMBL25", NotFound)]
)
async def test_a_molecule_is_no_protein(find: Any, faulty: Any, text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        await find(text)
    assert faulty.count() == 0
