"""The flat file's scanner beside Bio.SwissProt, and the store that is built with it: resumed, refused, replaced."""

from __future__ import annotations

import gzip
import io
import random
import runpy
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from Bio import SwissProt
from biocopilot.memory.errors import FileRefused, StorageError
from biocopilot.memory.stores import building, swissprot
from biocopilot.memory.stores.building import Progress, only_one
from biocopilot.memory.stores.registry import open_store, registered, stores_dir
from biocopilot.memory.stores.swissprot import build_uniprot, read_entries
from biocopilot.memory.stores.swissprot_scan import Entry, read_entry, split_entries
from biocopilot.memory.uniprot_store import UniprotStore

fields_of = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "swissprot_peer.py"))["fields_of"]
flat_entry: Callable[..., str] = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["flat_entry"]


@pytest.fixture
def opened() -> Iterator[Callable[[], UniprotStore]]:
    stores: list[UniprotStore] = []

    def open_it() -> UniprotStore:
        database = open_store("uniprot")
        assert database is not None
        stores.append(UniprotStore(database))
        return stores[-1]

    yield open_it
    for store in stores:
        store.close()


Opened = Callable[[], UniprotStore]

EXISTENCE = (
    "Evidence at protein level",
    "Evidence at transcript level",
    "Inferred from homology",
    "Predicted",
    "Uncertain",
)

# The scanner ---------------------------------------------------------------------------------------------------------


def named(entry: Entry, *kinds: str) -> list[str]:
    return [name for kind, name in entry.names if kind in kinds]


def test_real_entries_have_the_fields_that_biopython_finds(real_entries: list[bytes]) -> None:
    assert len(real_entries) >= 75
    for data in real_entries:
        peer: dict[str, Any] = fields_of(SwissProt.read(io.StringIO(data.decode())))
        (entry,) = read_entries(io.BytesIO(data), "x")
        for field in ("accession", "entry_name", "reviewed", "gene", "tax_id", "length", "mass_da", "sequence"):
            assert getattr(entry, field) == peer[field], (peer["accession"], field)
        assert named(entry, "secondary_accession") == peer["secondary"]
        assert set(peer["gene_synonyms"]) == set(named(entry, "gene_synonym"))
        assert peer["organism"].startswith(entry.organism)
        assert (entry.existence or "") == ("", *EXISTENCE)[peer["existence"] or 0]
        assert set(entry.keywords) == set(peer["keywords"])
        assert sorted(entry.xrefs) == peer["xrefs"]
        assert [mim for _, _, mim in entry.diseases] == [mim for _, mim in peer["diseases"]]
        for (name, acronym, _), (told, _) in zip(entry.diseases, peer["diseases"], strict=True):
            assert told == (f"{name} ({acronym})" if acronym else name)
        for kind, name in peer["names"]:
            assert name in named(
                entry, *{"Short": ("short",), "EC": ("ec",), "Full": ("recommended", "alternative")}[kind]
            )
        family = (entry.family or "").replace("; ", ". ")
        assert family in peer["family"]
        assert bool(family) == bool(peer["family"])
        for location, topology in entry.locations:
            assert any(location in place and (topology or "") in place for place in peer["places"])
        assert bool(entry.locations) == any(place.partition("Note=")[0].count(" ") > 1 for place in peer["places"])


def test_an_entry_has_all_its_fields() -> None:
    entry = read_entry(flat_entry(7).removesuffix("//\n").encode())
    assert entry == Entry(
        accession="P00007", entry_name="GEN7_HUMAN", reviewed=True, gene="GEN7", protein_name="Protein GEN7",
        organism="Homo sapiens", tax_id=9606, family="protein kinase superfamily; Tyr protein kinase family", length=20,
        mass_da=1234, sequence="MKWVTFISLLFLFSSAYSRG", existence="Evidence at protein level",
        names=[
            ("recommended", "Protein GEN7"), ("short", "GEN7p"), ("ec", "1.1.1.1"), ("gene", "GEN7"), ("gene_synonym", "OLDGEN7"),
            ("gene_synonym", "XGEN71"), ("entry_name", "GEN7_HUMAN"), ("secondary_accession", "Q00007"),
        ],
        locations=[("Cell membrane", "Multi-pass membrane protein"), ("Nucleus", None)],
        keywords=["3D-structure", "ATP-binding", "Kinase", "Of no category"],
        xrefs=[("ChEMBL", "CHEMBL7"), ("Ensembl", "ENSG00007"), ("HGNC", "HGNC:7")],
        diseases=[("Disease GEN7", "DIS", "123456")],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Homo sapiens (Human).", "Homo sapiens"),
        ("Escherichia coli (strain K12).", "Escherichia coli (strain K12)"),
        ("Influenza A virus (strain A/X/1/34 H1N1) (Influenza).", "Influenza A virus (strain A/X/1/34 H1N1)"),
        ("Human immunodeficiency virus type 1 group M subtype B (isolate HXB2) (HIV-1).", "Human immunodeficiency virus type 1 group M subtype B (isolate HXB2)"),
        ("Severe acute respiratory syndrome coronavirus 2 (2019-nCoV) (SARS-CoV-2).", "Severe acute respiratory syndrome coronavirus 2"),
        ("Salmonella typhi (strain (x) y).", "Salmonella typhi (strain (x) y)"),
    ],
)  # fmt: skip
def test_an_organism_keeps_its_strain_and_not_its_common_name(line: str, name: str) -> None:
    data = flat_entry(1).replace("Homo sapiens (Human).", line).removesuffix("//\n")
    assert read_entry(data.encode()).organism == name


@pytest.mark.parametrize("size", [1, 7, 1_000, 1 << 20])
def test_entries_come_whole_however_the_file_is_cut_into_blocks(size: int) -> None:
    text = "".join(flat_entry(number) for number in range(20)).encode()

    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(size)

    found = list(split_entries(Slow(text), "x"))
    assert [read_entry(data).accession for data, _ in found] == [f"P{number:05d}" for number in range(20)]
    assert found[-1][1] == len(text)
    assert all(text[:offset].endswith(b"\n//\n") for _, offset in found)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ID   ", "XX   "), ("AC   ", "XX   "), ("DE   ", "XX   "), ("OS   ", "XX   "), ("OX   ", "XX   "), ("SQ   ", "XX   "),
        ("Reviewed;", "STANDARD;"), ("NCBI_TaxID=9606", "NCBI_TaxID=man"), ("20 AA;  1234", "21 AA;  1234"), ("MKWVTFISLL ", ""),
    ],
)  # fmt: skip
def test_an_entry_that_lacks_something_is_refused_and_named(old: str, new: str) -> None:
    with pytest.raises(FileRefused, match=r"GEN7|begins") as caught:
        read_entry(flat_entry(7).replace(old, new).removesuffix("//\n").encode())
    assert "uniprot_sprot" in caught.value.hint


def test_any_damage_to_an_entry_is_our_error_or_an_entry() -> None:
    dice, data = random.Random(7), flat_entry(7).encode()
    for _ in range(2_000):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 4)):
            place = dice.randrange(len(broken))
            broken[place : place + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
        with suppress(FileRefused):
            assert isinstance(read_entry(bytes(broken)), Entry)


# The store -----------------------------------------------------------------------------------------------------------


def test_the_store_answers_as_the_starter_set_does(flat_file: Path, opened: Opened) -> None:
    record = build_uniprot(flat_file)
    assert record.rows == {"proteins": 400, "human proteins": 400}
    assert record.release == "of 2022-10-12 (newest entry)"
    store = opened()
    assert (store.backend, store.source.release) == ("local", record.release)
    entry = store.entry("P00007")
    assert entry is not None
    assert (entry.gene, entry.length, entry.organism, entry.reviewed) == ("GEN7", 20, "Homo sapiens", True)
    assert store.entry("Q00007") == entry  # by a secondary accession
    assert store.entry("P99999") is None
    assert store.component("P00007") is None
    assert [found.accession for found in store.named("oldgen7")] == ["P00007"]
    assert store.locations("P00007") == ["Cell membrane", "Nucleus"]
    assert store.keywords("P00007", "Molecular function") == ["Kinase"]
    assert store.keywords("P00007", "Ligand") == ["ATP-binding"]
    assert store.diseases("P00007") == [("Disease GEN7", "123456")]
    assert store.cross_references("P00007") == {"ChEMBL": ["CHEMBL7"], "Ensembl": ["ENSG00007"], "HGNC": ["HGNC:7"]}
    assert store.ec_numbers("P00007") == ["1.1.1.1"]
    assert store.counts() == record.rows
    assert {hit.id for hit in store.names.containing("protein gen39", ("target",), 20)} == {
        "P00039",
        *(f"P0039{n}" for n in range(10)),
    }
    assert store.nearest_names("GEN123x")[0][0] == "GEN123"


def test_human_proteins_come_first_and_hand_kept_names_before_all(tmp_path: Path, opened: Opened) -> None:
    mouse = flat_entry(1).replace("Homo sapiens (Human)", "Mus musculus (Mouse)").replace("TaxID=9606", "TaxID=10090")
    human = flat_entry(2).replace("P00002", "P04626").replace("GEN2", "GEN1")
    path = tmp_path / "two.dat"
    path.write_text(mouse + human, "utf-8")
    build_uniprot(path)
    store = opened()
    assert [entry.accession for entry in store.named("GEN1")] == ["P04626"]
    assert [entry.accession for entry in store.named("HER2")] == ["P04626"]
    assert store.description("P04626")  # our own words go with it
    assert [hit.id for hit in store.names.matching("gen1", ("target",))] == ["P04626", "P00001"]


def test_real_entries_are_all_in_the_store(real_entries: list[bytes], tmp_path: Path, opened: Opened) -> None:
    path = tmp_path / "real.dat"
    path.write_bytes(b"".join(real_entries))
    assert build_uniprot(path).rows["proteins"] == len(real_entries)
    store = opened()
    for data in real_entries:
        scanned = read_entry(data.removesuffix(b"//\n"))
        kept = store.entry(scanned.accession)
        assert kept is not None
        assert (kept.name, kept.sequence, kept.family) == (scanned.protein_name, scanned.sequence, scanned.family)
        assert set(store.locations(scanned.accession)) == {place for place, _ in scanned.locations}


@pytest.mark.parametrize(
    ("name", "text", "release"),
    [
        ("uniprot_sprot.dat.gz.release", "2025_04\n", "2025_04"),
        ("reldate.txt", "UniProt Knowledgebase Release 2025_03 consists of:\nUniProtKB/Swiss-Prot Release 2025_03 of 18-Jun-2025\n", "2025_03"),
        ("reldate.txt", "nothing of the kind", "of 2022-10-12 (newest entry)"),
    ],
)  # fmt: skip
def test_the_release_is_taken_from_what_lies_beside(flat_file: Path, name: str, text: str, release: str) -> None:
    flat_file.with_name(name).write_text(text, "utf-8")
    assert build_uniprot(flat_file).release == release
    assert build_uniprot(flat_file, release="2020_01").release == "2020_01"
    with pytest.raises(FileRefused, match="no UniProt release"):
        build_uniprot(flat_file, release="newest")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<?xml version='1.0'?>", "it is XML"),
        (b"SQLite format 3\x00" + bytes(500), "a SQLite database"),
        (b">sp|P00001\nMKW\n", "something else"),
        (b"\x1f\x8b\x08\x00", "damaged or cut short"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"ID   2Fe-2S.\nAC   KW-0001\n//\n", "cannot be read"),
        (flat_entry(1).replace("\n", "\r\n").encode(), "line ends of Windows"),
        ((flat_entry(1) + flat_entry(1)).encode(), "entry twice"),
        ((flat_entry(1) + flat_entry(2)[:-40]).encode(), "has no end"),
    ],
)
def test_what_is_no_whole_flat_file_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "x.dat"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=said):
        build_uniprot(path)
    assert registered() == {}
    assert not list(stores_dir().glob("uniprot.sqlite*"))


def test_a_folder_and_an_absent_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="is a folder"):
        build_uniprot(tmp_path)
    with pytest.raises(FileRefused, match="cannot be read"):
        build_uniprot(tmp_path / "none.dat")


@pytest.mark.parametrize("damage", ["cut", "cut in the checksum", "checksum", "middle"])
def test_a_damaged_gzip_is_refused_and_the_old_store_stays(
    flat_file: Path, damage: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swissprot, "BATCH", 10)
    old = build_uniprot(flat_file)
    data = gzip.compress("".join(flat_entry(number, "01-JAN-2024") for number in range(3_000)).encode(), 1)
    broken = {
        "cut": data[: len(data) // 2],
        "cut in the checksum": data[:-3],
        "checksum": data[:-6] + bytes([data[-6] ^ 1]) + data[-5:],
        "middle": data[: len(data) // 2] + bytes(100) + data[len(data) // 2 + 100 :],
    }[damage]
    path = flat_file.with_name("newer.dat.gz")
    path.write_bytes(broken)
    with pytest.raises(FileRefused) as caught:
        build_uniprot(path)
    assert caught.value.hint
    assert registered() == {"uniprot": old}
    assert opened().entry("P00399") is not None
    path.write_bytes(data)
    assert build_uniprot(path).rows["proteins"] == 3_000


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("stage", ["entries", "names", "words"])
def test_a_stop_loses_nothing_and_the_same_call_goes_on(
    flat_file: Path, tmp_path: Path, packed: bool, stage: str, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swissprot, "BATCH", 30)
    path = flat_file
    if not packed:
        path = tmp_path / "x.dat"
        path.write_bytes(gzip.decompress(flat_file.read_bytes()))
    calls = 0

    def report(progress: Progress) -> None:
        nonlocal calls
        calls += progress.stage == stage
        if calls == (5 if stage == "entries" else 1):
            calls = -100
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_uniprot(path, report)
    assert registered() == {}
    seen: list[Progress] = []
    assert build_uniprot(path, seen.append).rows["proteins"] == 400
    assert sum(progress.stage == "entries" for progress in seen) == (9 if stage == "entries" else 0)
    store = opened()
    assert all(store.entry(f"P{number:05d}") for number in range(400))
    assert sorted(item.name for item in stores_dir().iterdir()) == ["uniprot.lock", "uniprot.sqlite"]


SLOW = """
import sys, time
from pathlib import Path
from biocopilot.memory.stores import swissprot
swissprot.BATCH = 20
def report(progress):
    print(progress.stage, flush=True)
    time.sleep(0.02)
swissprot.build_uniprot(Path(sys.argv[1]), report)
"""


def test_kill_9_in_the_middle_and_the_same_command_goes_on(flat_file: Path, opened: Opened) -> None:
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(flat_file)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(8):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert registered() == {}
    done = subprocess.run(
        [sys.executable, "-c", SLOW, str(flat_file)], capture_output=True, text=True, timeout=60, check=True
    )
    assert 5 <= done.stdout.count("entries") <= 13
    store = opened()
    assert store.counts()["proteins"] == 400
    assert [entry.accession for entry in store.named("GEN399")] == ["P00399"]


def test_another_file_is_not_gone_on_with(flat_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swissprot, "BATCH", 30)

    def stop(_progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_uniprot(flat_file, stop)
    other = flat_file.with_name("other.dat")
    other.write_text(flat_entry(900), "utf-8")
    assert build_uniprot(other).rows["proteins"] == 1


def test_two_processes_and_a_full_disk(flat_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        only_one(stores_dir() / "uniprot.lock", "x"),
        pytest.raises(StorageError, match="working on the UniProt store"),
    ):
        build_uniprot(flat_file)
    with monkeypatch.context() as patch:
        patch.setattr(building, "PRAGMAS", (*building.PRAGMAS, "max_page_count=60"))
        with pytest.raises(StorageError, match="disk is full"):
            build_uniprot(flat_file)
    assert registered() == {}
    assert build_uniprot(flat_file).rows["proteins"] == 400


def test_the_tables_are_those_of_the_starter_sets_schema(flat_file: Path) -> None:
    def columns(path: Path) -> dict[str, list[str]]:
        query = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.name LIKE 'uniprot%' AND m.type = 'table'"
        found: dict[str, list[str]] = {}
        with closing(sqlite3.connect(path)) as database:
            for table, column in database.execute(query):
                found.setdefault(table, []).append(column)
        return {table: sorted(names) for table, names in found.items()}

    from biocopilot.memory.store_connection import STARTER

    assert columns(build_uniprot(flat_file).store) == columns(STARTER)
