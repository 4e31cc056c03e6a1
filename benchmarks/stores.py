"""Local stores: a ChEMBL-shaped dump of a million activities with what is laid out beside it, and the store of Swiss-Prot.

    python -m benchmarks.stores --activities 1000000 --entries 20000

The dump holds the shared real activities where that folder lies beside the checkout, and made-up rows up to the number asked
for. Its peer is the same question by an indexed join, on the same files in the same run; Swiss-Prot's is a Bio.SwissProt loop, with
and without storing what it reads.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from .measure import Measured, Row, report
from .swissprot_peer import fields_of, store

__all__ = ["make_dump", "measure"]

_SHARED = Path(__file__).parents[2] / "shared" / "data"
_SEED = 20260101

_SCHEMA = """
CREATE TABLE version (name TEXT PRIMARY KEY, creation_date DATETIME, comments VARCHAR(2000));
CREATE TABLE molecule_dictionary (molregno {key}, pref_name VARCHAR(255), chembl_id VARCHAR(20) NOT NULL UNIQUE,
  max_phase NUMERIC(2, 1), structure_type VARCHAR(10) NOT NULL, molecule_type VARCHAR(30), first_approval INTEGER);
CREATE TABLE compound_structures (molregno {key}, molfile TEXT, standard_inchi VARCHAR(4000),
  standard_inchi_key VARCHAR(27) NOT NULL UNIQUE, canonical_smiles VARCHAR(4000));
CREATE TABLE molecule_hierarchy (molregno {key}, parent_molregno BIGINT, active_molregno BIGINT);
CREATE TABLE molecule_synonyms (
  molregno BIGINT NOT NULL, syn_type VARCHAR(50) NOT NULL, molsyn_id {key}, synonyms VARCHAR(250));
CREATE TABLE target_dictionary (tid {key}, target_type VARCHAR(30), pref_name VARCHAR(200) NOT NULL, tax_id BIGINT,
  organism VARCHAR(150), chembl_id VARCHAR(20) NOT NULL UNIQUE, species_group_flag SMALLINT NOT NULL);
CREATE TABLE target_components (
  tid BIGINT NOT NULL, component_id BIGINT NOT NULL, targcomp_id {key}, homologue SMALLINT NOT NULL);
CREATE TABLE component_sequences (component_id {key}, component_type VARCHAR(50), accession VARCHAR(25) UNIQUE,
  description VARCHAR(200), tax_id BIGINT, organism VARCHAR(150));
CREATE TABLE component_synonyms (
  compsyn_id {key}, component_id BIGINT NOT NULL, component_synonym VARCHAR(500), syn_type VARCHAR(20));
CREATE TABLE docs (
  doc_id {key}, journal VARCHAR(50), year INTEGER, pubmed_id BIGINT, doi VARCHAR(100), chembl_id VARCHAR(20) NOT NULL UNIQUE);
CREATE TABLE assays (assay_id {key}, doc_id BIGINT NOT NULL, description VARCHAR(4000), assay_type VARCHAR(1), tid BIGINT,
  confidence_score SMALLINT, chembl_id VARCHAR(20) NOT NULL UNIQUE, variant_id BIGINT);
CREATE TABLE activities (
  activity_id {key}, assay_id BIGINT NOT NULL, doc_id BIGINT, molregno BIGINT, standard_relation VARCHAR(50),
  standard_value NUMERIC, standard_units VARCHAR(100), standard_type VARCHAR(250), data_validity_comment VARCHAR(30),
  potential_duplicate SMALLINT, pchembl_value NUMERIC(4, 2));
CREATE TABLE drug_mechanism (
  mec_id {key}, molregno BIGINT, mechanism_of_action VARCHAR(250), tid BIGINT, action_type VARCHAR(50));
CREATE TABLE mechanism_refs (
  mecref_id {key}, mec_id BIGINT NOT NULL, ref_type VARCHAR(50), ref_id VARCHAR(400), ref_url VARCHAR(400));
CREATE TABLE drug_indication (drugind_id {key}, molregno BIGINT, max_phase_for_ind NUMERIC(2, 1), mesh_id VARCHAR(20),
  mesh_heading VARCHAR(200), efo_id VARCHAR(20), efo_term VARCHAR(200));
"""
# Types and keys are the official ones. With `lean`, keys are row ids and no molfile widens the structures: faster for the peer.

_PEER_INDEXES = ("CREATE INDEX peer_assays ON assays(tid)", "CREATE INDEX peer_activities ON activities(assay_id)")
_JOIN = (
    "SELECT a.activity_id, s.chembl_id, d.chembl_id, d.year, s.confidence_score, s.assay_type, s.variant_id, m.chembl_id, m.pref_name,"
    " c.canonical_smiles, m.max_phase, a.standard_type, a.standard_relation, a.standard_value, a.standard_units, a.pchembl_value,"
    " a.data_validity_comment, a.potential_duplicate FROM assays s JOIN activities a ON a.assay_id = s.assay_id"
    " JOIN molecule_dictionary m ON m.molregno = a.molregno LEFT JOIN compound_structures c ON c.molregno = a.molregno"
    " LEFT JOIN docs d ON d.doc_id = a.doc_id WHERE s.tid = ?"
)


def measure(quick: bool, activities: int = 0, entries: int = 0, lean: bool = False) -> Measured:
    """CPU milliseconds a look-up over the dump, and a Swiss-Prot entry."""
    activities = activities or (50_000 if quick else 1_000_000)
    entries = entries or (1_000 if quick else 20_000)
    before = os.environ.get("BIOCOPILOT_HOME")
    with tempfile.TemporaryDirectory() as home:
        os.environ["BIOCOPILOT_HOME"] = home
        try:
            rows, ratios, notes = _look_ups(Path(home), activities, 40 if quick else 300, lean)
            more_rows, more_ratios, more_notes = _flat_file(Path(home), entries)
        finally:
            os.environ.pop("BIOCOPILOT_HOME")
            if before is not None:
                os.environ["BIOCOPILOT_HOME"] = before
    return Measured(
        "stores",
        "CPU ms a look-up, or a Swiss-Prot entry",
        (*rows, *more_rows),
        {**ratios, **more_ratios},
        (*notes, *more_notes),
    )


# ChEMBL --------------------------------------------------------------------------------------------------------------


def make_dump(path: Path, activities: int, lean: bool = False) -> int:
    """A dump of that many activities; how many of them are real."""
    dice = random.Random(_SEED)
    molfile = None if lean else "    0.0000    0.0000    0.0000 C   0  0\n" * 55  # a drug's has some two kilobytes
    real = list(_real_activities())[:activities]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA synchronous=OFF")
        database.executescript(_SCHEMA.format(key="INTEGER PRIMARY KEY" if lean else "BIGINT NOT NULL PRIMARY KEY"))
        database.execute("INSERT INTO version VALUES ('ChEMBL_36', '2025-07-28', 'made for measuring')")
        molecules = {chembl_id: smiles for _, _, chembl_id, smiles, _ in real}
        made = max(100, activities // 5)
        molecules |= {f"CHEMBL{9_000_000 + n}": _smiles_like(dice) for n in range(made)}
        numbers = {chembl_id: n for n, chembl_id in enumerate(molecules, 1)}
        names = {n: f"MADEUPINIB{n}" for n in range(1, len(numbers), 25)}
        fill = database.executemany
        fill(
            "INSERT INTO molecule_dictionary VALUES (?, ?, ?, ?, 'MOL', 'Small molecule', NULL)",
            (
                (n, names.get(n), chembl_id, 4 if n in names and n % 4 == 1 else None)
                for chembl_id, n in numbers.items()
            ),
        )
        fill(
            "INSERT INTO compound_structures VALUES (?, ?, NULL, ?, ?)",
            ((n, molfile, f"{n:014d}-UHFFFAOYSA-N", molecules[chembl_id]) for chembl_id, n in numbers.items()),
        )
        fill("INSERT INTO molecule_hierarchy VALUES (?, ?, ?)", ((n, n, n) for n in numbers.values()))
        fill("INSERT INTO molecule_synonyms VALUES (?, 'OTHER', ?, ?)", ((n, n, f"Synonym-{n}") for n in names))
        targets = {chembl_id: n for n, chembl_id in enumerate(dict.fromkeys(row[0] for row in real), 1)}
        targets |= {f"CHEMBL{8_000_000 + n}": len(targets) + 1 + n for n in range(max(20, activities // 200))}
        fill(
            "INSERT INTO target_dictionary VALUES (?, 'SINGLE PROTEIN', ?, 9606, 'Homo sapiens', ?, 0)",
            ((n, f"Protein number {n}", chembl_id) for chembl_id, n in targets.items()),
        )
        fill("INSERT INTO target_components VALUES (?, ?, ?, 0)", ((n, n, n) for n in targets.values()))
        fill(
            "INSERT INTO component_sequences VALUES (?, 'PROTEIN', ?, ?, 9606, 'Homo sapiens')",
            ((n, f"P{n:05d}", f"Protein number {n}") for n in targets.values()),
        )
        fill(
            "INSERT INTO component_synonyms VALUES (?, ?, ?, 'GENE_SYMBOL')",
            ((n, n, f"GENE{n}") for n in targets.values()),
        )
        _fill_activities(database, real, activities, numbers, targets, dice)
        for statement in _PEER_INDEXES:
            database.execute(statement)
        database.execute("ANALYZE")
    return len(real)


def _fill_activities(
    database: sqlite3.Connection, real: Sequence[tuple[str, ...]], activities: int, molecules: dict[str, int],
    targets: dict[str, int], dice: random.Random,
) -> None:  # fmt: skip
    assays: dict[tuple[str, int], int] = {}
    rows: list[tuple[Any, ...]] = []
    for target, assay, molecule, _, pchembl in real:
        number = assays.setdefault((assay, targets[target]), len(assays) + 1)
        rows.append((number, molecules[molecule], "IC50", float(pchembl)))
    ids, made_targets = list(molecules.values()), list(targets.values())
    while len(rows) < activities:  # a series of compounds in an assay, as papers report them
        target = made_targets[
            min(int(dice.paretovariate(0.6)) - 1, len(made_targets) - 1)
            if dice.random() < 0.2
            else dice.randrange(len(made_targets))
        ]
        number = assays[(f"made {len(assays)}", target)] = len(assays) + 1
        kind = dice.choice(("IC50", "Ki", "EC50", "Inhibition"))
        for _ in range(min(dice.randint(3, 40), activities - len(rows))):
            rows.append(
                (number, dice.choice(ids), kind, None if kind == "Inhibition" else round(dice.uniform(4, 10), 2))
            )
    documents = len(assays) // 3 + 1
    database.executemany(
        "INSERT INTO docs VALUES (?, 'J Med Chem', ?, NULL, NULL, ?)",
        ((n, 1990 + n % 35, f"CHEMBL{7_000_000 + n}") for n in range(1, documents + 1)),
    )
    database.executemany(
        "INSERT INTO assays VALUES (?, ?, 'An assay of that kind in a buffer, by fluorescence', 'B', ?, 9, ?, NULL)",
        ((n, n % documents + 1, target, f"CHEMBL{6_000_000 + n}") for (_, target), n in assays.items()),
    )
    database.executemany(
        "INSERT INTO activities VALUES (?, ?, ?, ?, '=', ?, 'nM', ?, NULL, 0, ?)",
        (
            (
                n,
                assay,
                assay % documents + 1,
                molecule,
                50.0 if pchembl is None else round(10 ** (9 - pchembl), 4),
                kind,
                pchembl,
            )
            for n, (assay, molecule, kind, pchembl) in enumerate(rows, 1)
        ),
    )


def _real_activities() -> Iterator[tuple[str, ...]]:
    """(target, assay, molecule, SMILES, pChEMBL), each once."""
    seen = set()
    for path in sorted((_SHARED / "chembl_activities" / "overlapping_assays").glob("target_CHEMBL*.csv.gz")):
        target = path.name.removeprefix("target_").partition("-")[0]
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                key = (target, row["assay_chembl_id"], row["compound_chembl_id"], row["pchembl_value"])
                if key not in seen:
                    seen.add(key)
                    yield (*key[:3], row["canonical_smiles"], row["pchembl_value"])


def _timed(
    asked: Sequence[tuple[str, Callable[[Any], object], Sequence[Any], float | None]], rounds: int = 3
) -> list[Row]:
    """Each question in turn for one item after another, three times over; an item's time is its least, since others use the machine."""
    least = [[float("inf")] * len(items) for _, _, items, _ in asked]
    for _ in range(rounds):
        for number in range(len(asked[0][2])):
            for (_, ask, items, _), times in zip(asked, least, strict=True):
                times[number] = min(times[number], _cpu_ms(ask, items[number]))
    return [Row.of(what, times, goal) for (what, _, _, goal), times in zip(asked, least, strict=True)]


def _cpu_ms(ask: Callable[[Any], object], item: Any) -> float:
    """Of this thread; reading files that the system holds in memory is in it, waiting for other programs is not."""
    started = time.thread_time()
    ask(item)
    return (time.thread_time() - started) * 1000


def _smiles_like(dice: random.Random) -> str:
    """Text as long as a SMILES; nothing here reads it."""
    return "".join(dice.choices("CCCCccccNnOoF()=12", k=dice.randint(30, 75)))


def _look_ups(folder: Path, activities: int, repeats: int, lean: bool) -> tuple[list[Row], dict[str, float], list[str]]:
    from biocopilot.memory.chembl_store import ChemblStore
    from biocopilot.memory.stores.chembl_dump import build_chembl
    from biocopilot.memory.stores.registry import open_store

    path = folder / "chembl_36.db"
    real = make_dump(path, activities, lean)
    started = time.process_time(), time.perf_counter()
    record = build_chembl(path)
    spent = time.process_time() - started[0], time.perf_counter() - started[1]
    opened = open_store("chembl")
    if opened is None:
        raise RuntimeError("nothing was registered")
    store, bare = ChemblStore(opened), ChemblStore.open(path)
    peer = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    dice = random.Random(_SEED)
    tids = [row[0] for row in store.database.tuples("SELECT tid FROM bc_target_extent")]
    chosen = [dice.choice(tids) for _ in range(repeats)]
    per_target = [len(store.activities(tids=[tid])) for tid in chosen]
    ids = [
        row[0]
        for row in dice.choices(
            store.database.tuples("SELECT chembl_id FROM molecule_dictionary LIMIT 100000"), k=repeats
        )
    ]
    names = [
        row[0]
        for row in dice.choices(store.database.tuples("SELECT name FROM bc_name WHERE kind = 'molecule'"), k=repeats)
    ]

    best_by_join = f"{_JOIN} ORDER BY a.pchembl_value DESC LIMIT 20"
    rows = _timed(
        [
            (
                "a target's activities: indexed five-table join",
                lambda tid: peer.execute(_JOIN, (tid,)).fetchall(),
                chosen,
                None,
            ),
            ("a target's activities: typed rows, bare dump", lambda tid: bare.activities(tids=[tid]), chosen, None),
            ("a target's activities: typed rows, store", lambda tid: store.activities(tids=[tid]), chosen, None),
            ("its 20 best: the join, sorted", lambda tid: peer.execute(best_by_join, (tid,)).fetchall(), chosen, None),
            ("its 20 best IC50, typed rows, store", lambda tid: store.best_activities(tid, "IC50", 20), chosen, 0.1),
            (
                "its 20 best of all types, typed rows, store",
                lambda tid: store.best_activities(tid, None, 20),
                chosen,
                0.1,
            ),
            ("a molecule by ChEMBL id", store.molecule, ids, 0.1),
            ("a molecule by name", store.molecules_named, names, 0.1),
            ("what bears a name", store.names_matching, names, 0.1),
            ("targets by accession", store.targets_for_accession, [f"P{tid:05d}" for tid in chosen], 0.1),
            ("names by two words, full text", lambda tid: store.names.containing(f"protein {tid}"), chosen, None),
        ]
    )
    equal = all(store.activities(tids=[tid]) == bare.activities(tids=[tid]) for tid in chosen[:40])
    peer.close()
    store.close()
    bare.close()
    if not equal:
        raise RuntimeError("the store and the bare dump do not agree")
    ratios = {
        "a target's activities: five-table join, tuples / store, typed rows (goal 8)": rows[0].median / rows[2].median,
        "a target's activities: the same typed rows, by join of eight tables / by store": rows[1].median
        / rows[2].median,
        "20 best: join's tuples / store's typed rows": rows[3].median / rows[4].median,
    }
    notes = [
        f"{activities:,} activities ({real:,} real), {len(tids):,} targets, {statistics.median(per_target):.0f} rows a target"
        f" asked for (median); equal rows with and without the store",
        "keys are row ids, no molfiles" if lean else "the official dump's types and keys, molfiles of 2 kB",
        f"built in {spent[0]:.1f} s CPU, {spent[1]:.1f} s; {record.bytes / 1e6:.0f} MB beside a dump of {record.source_bytes / 1e6:.0f} MB",
    ]
    return rows, ratios, notes


# Swiss-Prot ----------------------------------------------------------------------------------------------------------


def _flat_file(folder: Path, entries: int) -> tuple[list[Row], dict[str, float], list[str]]:
    from biocopilot.memory.stores import swissprot
    from biocopilot.memory.stores.registry import registered

    try:
        from Bio import SwissProt
    except ImportError:
        return [], {}, ["left out: Swiss-Prot, since Biopython is not installed"]
    real = list(_real_entries())
    if not real:
        return [], {}, ["left out: Swiss-Prot, since the shared real entries are not beside this checkout"]
    numbers = random.Random(_SEED).sample(range(1_000_000), entries)  # the official file is not in their order either
    data = "".join(_renumbered(real[n % len(real)], number) for n, number in enumerate(numbers)).encode()
    path = folder / "uniprot_sprot.dat.gz"
    path.write_bytes(gzip.compress(data, 6))
    text = data.decode()

    def loop(lines: Any) -> int:
        return sum(1 for record in SwissProt.parse(lines) if fields_of(record))

    def unpacked(work: Callable[[Any], object]) -> None:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            work(lines)

    def stored(lines: Any) -> None:
        (folder / "peer.sqlite").unlink(missing_ok=True)
        store(SwissProt.parse(lines), folder / "peer.sqlite")

    def build(from_bytes: int) -> None:
        swissprot.BESIDE_BYTES, usual = from_bytes, swissprot.BESIDE_BYTES
        try:
            swissprot.build_uniprot(path)
        finally:
            swissprot.BESIDE_BYTES = usual

    works: dict[str, Callable[[], object]] = {
        "Bio.SwissProt loop, same fields": lambda: loop(io.StringIO(text)),
        "Bio.SwissProt.parse alone": lambda: sum(1 for _ in SwissProt.parse(io.StringIO(text))),
        "our scan, same fields": lambda: sum(1 for _ in swissprot.read_entries(io.BytesIO(data), "x")),
        "Bio.SwissProt loop over the gzip file": lambda: unpacked(loop),
        "Bio.SwissProt loop over it, into the same tables and indexes": lambda: unpacked(stored),
        "our whole build, gzip to indexed store, in one process": lambda: build(1 << 60),
        "our whole build, a second process reading": lambda: build(0),
    }
    spent: dict[str, list[tuple[float, float]]] = {what: [] for what in works}
    for _ in range(3):  # in turn, since others use the machine
        for what, work in works.items():
            started = sum(os.times()[:4]), time.perf_counter()
            work()
            ended = sum(os.times()[:4]), time.perf_counter()
            spent[what].append(tuple((end - start) * 1000 / entries for start, end in zip(started, ended, strict=True)))
    _compare_stores(registered()["uniprot"].store, folder / "peer.sqlite")
    cpu = {what: min(time[0] for time in times) for what, times in spent.items()}
    wall = {what: min(time[1] for time in times) for what, times in spent.items()}
    names = list(works)
    rows = [Row.of(f"Swiss-Prot: {what}", [time[0] for time in times]) for what, times in spent.items()]
    rows += [Row.of(f"Swiss-Prot, time that passes: {what}", [time[1] for time in spent[what]]) for what in names[3:]]
    ratios = {
        "Bio.SwissProt loop / scan, same fields (goal 4)": cpu[names[0]] / cpu[names[2]],
        "Bio.SwissProt.parse alone / scan": cpu[names[1]] / cpu[names[2]],
        "Bio.SwissProt loop that stores the same / whole build (goal 4)": cpu[names[4]] / cpu[names[5]],
        "the same, a second process reading": cpu[names[4]] / cpu[names[6]],
        "the same, time that passes (goal 4)": wall[names[4]] / wall[names[6]],
        "Bio.SwissProt loop over the gzip file, storing nothing / whole build": cpu[names[3]] / cpu[names[5]],
        "the same, time that passes, a second process reading": wall[names[3]] / wall[names[6]],
    }
    note = f"{entries:,} entries, {len(real)} real ones renumbered, {len(data) / entries / 1000:.1f} kB each; ratios are of the least times"
    return rows, ratios, [note]


def _compare_stores(ours: Path, peer: Path) -> None:
    """Raises RuntimeError where the peer stores an eighth less or more: it leaves out the names of what a chain is cut into."""
    counts = []
    for path in (ours, peer):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            counts.append(
                {
                    table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                    for table in ("uniprot_entry", "uniprot_name", "uniprot_keyword", "uniprot_location", "bc_name")
                }
            )
    if any(abs(count - counts[1][table]) > count / 8 for table, count in counts[0].items()):
        raise RuntimeError(f"the two stores do not hold the same: {counts}")


def _real_entries() -> Iterator[str]:
    """Reviewed entries of up to 20 kB, as nearly all are."""
    seen = set()
    for path in sorted((_SHARED / "uniprot_flat_xml").glob("*/*")):
        if path.suffix not in (".dat", ".txt", ".txl"):
            continue
        for entry in path.read_text("utf-8", "replace").split("\n//\n"):
            name = re.match(r"ID   (\w+) +Reviewed;", entry)
            if name and name[1] not in seen and len(entry) < 20_000 and "RecName: Full=" in entry:
                seen.add(name[1])
                yield f"{entry}\n//\n"


def _renumbered(entry: str, number: int) -> str:
    entry = re.sub(r"^AC   \w+;", f"AC   X{number:06d};", entry, count=1, flags=re.MULTILINE)
    return re.sub(r"^ID   [^_]+", f"ID   X{number:06d}", entry, count=1)


def main() -> None:
    """Measure at sizes of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stores", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--activities", type=int, default=0, help="rows of the dump; a million where absent")
    parser.add_argument("--entries", type=int, default=0, help="entries of the flat file; 20,000 where absent")
    parser.add_argument("--quick", action="store_true", help="50,000 activities, 1,000 entries, fewer repeats")
    parser.add_argument("--lean", action="store_true", help="keys that are row ids, no molfiles: faster for the peer")
    parser.add_argument("--keep", action="store_true", help="save as the figures that docs/performance.md quotes")
    given = parser.parse_args()
    report(measure(given.quick, given.activities, given.entries, given.lean), given.keep)


if __name__ == "__main__":
    main()
