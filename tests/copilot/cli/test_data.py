from __future__ import annotations

import io
import json
import runpy
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.stages import stage_lines
from biocopilot.copilot.cli.store_status import store_status
from biocopilot.memory.stores import download
from biocopilot.memory.stores.building import Progress
from biocopilot.tools.chemistry import computed
from biocopilot.tools.workbench import Workbench
from typer.testing import CliRunner


def status(*words: str) -> Any:
    return CliRunner().invoke(app, ["data", "status", *words])


def test_counts_are_those_of_the_tables(home: Path) -> None:
    found = store_status()
    connection = sqlite3.connect(f"{found.path.as_uri()}?mode=ro&immutable=1", uri=True)
    for name, table in (
        ("molecules", "molecule_dictionary"),
        ("measured activities", "activities"),
        ("proteins", "uniprot_entry"),
    ):
        assert found.counts[name] == connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    connection.close()
    assert found.bytes == found.path.stat().st_size


def test_text_and_json_name_release_licence_and_path(home: Path) -> None:
    text, found = status().stdout, json.loads(status("--json").stdout)
    assert {"CC BY-SA 3.0", "CC BY 4.0"} <= {source["licence"] for source in found["sources"]}
    for source in found["sources"]:
        assert f"{source['release']}, {source['licence']}" in text
    assert found["path"] in text
    assert f"{found['counts']['measured_activities']:,}  measured activities" in text


def test_a_store_that_is_absent_or_is_none_is_unavailable(home: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("BIOCOPILOT_STORE", str(tmp_path / "absent.db"))
    done = status()
    assert done.exit_code == 5
    assert "absent.db" in done.stderr
    (tmp_path / "absent.db").write_text("no database at all, but text " * 50, "utf-8")
    done = status()
    assert done.exit_code == 5
    assert done.stdout == ""


# Full sources --------------------------------------------------------------------------------------------------------

CHEMBL: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "memory" / "conftest.py"))
SET: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "memory" / "stores" / "hgnc_set.py"))
STORES: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[2] / "memory" / "stores" / "conftest.py"))


def data(*words: str) -> Any:
    return CliRunner().invoke(app, ["data", *words])


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    made: Path = CHEMBL["build"](tmp_path / "chembl_36.db", CHEMBL["own_columns"]())
    return made


@pytest.fixture
def flat_file(tmp_path: Path) -> Path:
    path = tmp_path / "uniprot_sprot.dat"
    path.write_text("".join(STORES["flat_entry"](number) for number in range(5)), "utf-8")
    return path


def evidence(question: str) -> list[tuple[str, str]]:
    with Copilot(planner="embedded", offline=True, log=False) as asked:
        return [(item.backend, item.source.release) for item in asked.ask(question).evidence]


def test_an_added_chembl_answers_first_and_evidence_says_so(home: Path, dump: Path) -> None:
    done = data("add", "chembl", str(dump))
    assert done.exit_code == 0
    assert "ChEMBL_36 is registered: 8 molecules" in done.stdout
    assert "· activities by target" in done.stderr
    assert evidence("How potent is erlotinib on EGFR?") == [("local", "ChEMBL_36")]
    assert evidence("What does EGFR do?") == [
        ("starter", "2025_03 (starter set)")
    ]  # UniProt is still the starter set's
    assert data("remove", "chembl").exit_code == 0
    assert evidence("How potent is erlotinib on EGFR?") == [("starter", "ChEMBL_32 and ChEMBL_36 (starter set)")]


def test_an_added_uniprot_answers_and_its_names_are_understood(home: Path, flat_file: Path) -> None:
    done = data("add", "uniprot", str(flat_file), "--release", "2025_04")
    assert done.stdout.startswith("UniProt 2025_04 is registered: 5 proteins")
    with Workbench() as bench:
        assert bench.uniprot.source.release == "2025_04"
        assert bench.chembl.backend == "starter"
        assert [hit.id for hit in bench.chembl.names_matching("GEN3", ("target",))] == ["P00003"]
    assert evidence("What does GEN3 do?") == [("local", "2025_04")]


def test_both_stand_beside_each_other_and_names_of_either_are_found(home: Path, dump: Path, flat_file: Path) -> None:
    data("add", "chembl", str(dump))
    data("add", "uniprot", str(flat_file))
    with Workbench() as bench:
        assert (bench.chembl.backend, bench.uniprot.backend) == ("local", "local")
        assert bench.uniprot.entry("P00003") is not None
        assert bench.uniprot.entry("P04626") is None
        component = bench.uniprot.component("P04626")  # only ChEMBL knows it
        assert component is not None
        assert component.gene == "ERBB2"
        assert [hit.id for hit in bench.uniprot.names.matching("ERBB2", ("target",))] == ["P04626"]
        targets = bench.chembl.targets_for_accession("P00533")
        assert [target.chembl_id for target in targets][:1] == ["CHEMBL203"]


def test_an_added_hgnc_is_listed_beside_what_it_does_not_replace(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hgnc_complete_set_2025-07-01.txt"
    file.write_bytes(SET["table"](SET["many"](5)))
    done = data("add", "hgnc", str(file))
    assert done.stdout.startswith("HGNC 2025-07-01 is registered: 5 genes, 20 symbols old and new.\n")
    assert "· genes" in done.stderr
    text = data("status").stdout
    assert "hgnc: 2025-07-01, built today; answers for HGNC\n  5 genes, 20 symbols old and new\n" in text
    assert "CC0 1.0" in text
    found = json.loads(data("status", "--json").stdout)
    assert {line["name"]: line["answers"] for line in found["stores"]} == {
        "hgnc": ["hgnc"], "starter": ["chembl", "uniprot"],
    }  # fmt: skip
    (line,) = [line for line in found["stores"] if line["name"] == "hgnc"]
    assert (line["licence"], line["age_days"], line["rows"]["genes"]) == ("CC0 1.0", 0, 5)
    assert line["bytes"] == Path(line["path"]).stat().st_size
    assert ("starter", "2025_03 (starter set)") in evidence("What does EGFR do?")
    with Workbench(store=None) as bench:
        assert bench.hgnc is not None
        assert bench.hgnc.source.release == "2025-07-01"
    with Copilot(planner="embedded", offline=True, log=False) as asked:
        (record,) = [item.record for item in asked.ask("Which data sources do you use?").evidence]
        assert {row["name"]: row["counts"] for row in record["sources"]}["HGNC"] == {"genes": 5}
    Path(line["path"]).unlink()
    assert data("status").exit_code == 5
    assert data("add", "hgnc", str(file)).exit_code == 0
    assert data("remove", "hgnc").stdout.startswith("HGNC 2025-07-01 is no longer used; ")
    assert file.exists()
    with Workbench() as bench:
        assert bench.hgnc is None


def test_a_file_that_is_not_hgncs_set_is_refused_with_a_hint(home: Path, dump: Path) -> None:
    refused = data("add", "hgnc", str(dump))
    assert refused.exit_code == 2
    assert "it is a SQLite database" in refused.stderr
    assert "biocopilot data pull hgnc" in refused.stderr


def test_the_setting_store_still_wins(home: Path, dump: Path, flat_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data("add", "uniprot", str(flat_file))
    monkeypatch.setenv("BIOCOPILOT_STORE", str(dump))
    found = json.loads(data("status", "--json").stdout)
    assert {line["name"]: line["answers"] for line in found["stores"]} == {
        "setting": ["chembl", "uniprot"], "uniprot": [], "starter": [],
    }  # fmt: skip
    with Workbench(store=dump) as bench:
        assert bench.uniprot.entry("P00003") is None


def test_status_lists_every_store_and_which_one_answers(home: Path, dump: Path, flat_file: Path) -> None:
    data("add", "chembl", str(dump))
    data("add", "uniprot", str(flat_file), "--release", "2025_04")
    found = json.loads(data("status", "--json").stdout)
    chembl, uniprot, starter = found["stores"]
    assert (chembl["release"], chembl["rows"]["measured_activities"], chembl["licence"]) == (
        "ChEMBL_36",
        10,
        "CC BY-SA 3.0",
    )
    assert (chembl["answers"], uniprot["answers"], starter["answers"]) == (["chembl"], ["uniprot"], [])
    assert (uniprot["release"], uniprot["age_days"]) == ("2025_04", 0)
    assert chembl["bytes"] == Path(chembl["path"]).stat().st_size
    assert found["kind"] == "local"
    assert found["counts"]["targets_with_activities"] == 2
    text = data("status").stdout
    assert "chembl: ChEMBL_36, built today; answers for ChEMBL" in text
    assert "starter set: see its sources; not asked" in text


def test_a_registered_store_that_is_gone_is_told_everywhere(home: Path, dump: Path) -> None:
    data("add", "chembl", str(dump))
    dump.unlink()
    done = data("status")
    assert done.exit_code == 5
    assert "✗ The ChEMBL dump" in done.stdout
    assert "data remove chembl" in done.stderr
    asked = CliRunner().invoke(app, ["ask", "--offline", "How potent is erlotinib on EGFR?"])
    assert asked.exit_code == 5
    assert "is gone" in asked.stderr


def test_a_damaged_list_of_stores_is_told_with_what_mends_it(home: Path, dump: Path) -> None:
    data("add", "chembl", str(dump))
    (home / "data" / "stores.json").write_text("{", "utf-8")
    for words in (["data", "status"], ["ask", "--offline", "What does EGFR do?"]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 5
        assert "Delete it" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("add", "drugbank", "x"), 2, "drugbank"),
        (("add", "chembl"), 2, "FILE"),
        (("add", "chembl", "none.db"), 2, "cannot be read"),
        (("add", "uniprot", "README.md", "--release", "new"), 2, "no UniProt release"),
        (("add", "chembl", "x.db", "--release", "2025_04"), 2, "says its release itself"),
        (("add", "uniprot", "x.dat", "--no-fingerprints"), 2, "Only ChEMBL gets fingerprints"),
        (("remove", "chembl"), 4, "No chembl store is registered"),
        (("pull", "chembl", "--offline"), 5, "leave out --offline"),
        (("pull", "chembl", "--checksum", "ab"), 2, "only with --url"),
        (("pull", "chembl", "--url", "http://example.org/x.gz"), 5, "no https address"),
    ],
)
def test_what_cannot_be_done_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.delenv("BIOCOPILOT_OFFLINE")
    done = data(*words)
    assert done.exit_code == code
    assert done.stdout == ""
    assert said in done.stderr


def test_the_setting_offline_forbids_fetching(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "true")
    assert data("pull", "uniprot").exit_code == 5


def test_fetching_prints_the_path_and_the_next_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetched(name: str, folder: Path, **_given: Any) -> download.Fetched:
        return download.Fetched(folder / f"{name}.gz", 17, "" if name == "hgnc" else "sha256:00")

    monkeypatch.setattr(download, "pull", fetched)
    path = home / "data" / "downloads" / "chembl.gz"
    assert data("pull", "chembl").stdout == (
        f"{path}\n  is fetched: 17 bytes; its checksum is right (sha256).\n  Next: biocopilot data add chembl {path}\n"
    )
    said = data("pull", "hgnc", "--to", str(home)).stdout
    assert str(home / "hgnc.gz") in said
    assert "no checksum is stated" in said
    assert f"Next: biocopilot data add hgnc {home / 'hgnc.gz'}" in said


def test_ctrl_c_while_adding_exits_with_130_and_the_next_call_goes_on(home: Path, dump: Path) -> None:
    script = (
        "import sys, time\n"
        "from biocopilot.memory.stores import chembl_dump\n"
        "copied = chembl_dump._copy\n"
        "def slow(*given):\n"
        "    copied(*given)\n"
        "    time.sleep(0.3)\n"
        "chembl_dump._copy = slow\n"
        "sys.argv = ['biocopilot', 'data', 'add', 'chembl', sys.argv[1]]\n"
        "from biocopilot.copilot.cli.main import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(dump)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "· version\n"
    assert process.stderr.readline() == "· molecule dictionary\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "Stopped" in err
    done = data("add", "chembl", str(dump))
    assert done.exit_code == 0
    assert "molecule dictionary" not in done.stderr


def test_on_a_terminal_one_line_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    said = io.StringIO()
    monkeypatch.setattr(said, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", said)
    times = iter([0.0, 0.2, 0.25, 0.5])
    with stage_lines(lambda: next(times)) as report:
        for done in (1, 2, 3):
            report(Progress("activities", done, 4))
    assert said.getvalue() == "\r\x1b[Kactivities 25 %\r\x1b[Kactivities 75 %\r\x1b[K"


# Fingerprints ----------------------------------------------------------------------------------------------------------


def chembl_line() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data("status", "--json").stdout)["stores"][0]
    return found


def test_adding_chembl_makes_fingerprints_and_status_tells_them(home: Path, dump: Path) -> None:
    done = data("add", "chembl", str(dump))
    assert "Similarity searches go over fingerprints of 5 structures.\n" in done.stdout
    assert "Substructure searches go over patterns of 5 structures.\n" in done.stdout
    assert "· fingerprints\n· fingerprint file\n· screening patterns\n" in done.stderr
    path = home / "data" / "stores" / "chembl.fingerprints"
    found = chembl_line()["fingerprints"]
    assert (found["structures"], found["bytes"], found["usable"]) == (5, path.stat().st_size, True)
    assert f"  fingerprints of 5 structures (0.0 MB), RDKit {found['rdkit']}\n" in data("status").stdout
    patterns = path.with_name("chembl.patterns")
    found = chembl_line()["patterns"]
    assert (found["structures"], found["bytes"], found["usable"]) == (5, patterns.stat().st_size, True)
    assert f"  patterns of 5 structures (0.0 MB), RDKit {found['rdkit']}\n" in data("status").stdout
    again = data("add", "chembl", str(dump))
    assert again.exit_code == 0
    assert "fingerprint" not in again.stderr  # they are there
    assert "pattern" not in again.stderr
    assert data("remove", "chembl").exit_code == 0
    assert [item.name for item in path.parent.iterdir()] == ["chembl.lock"]


def test_what_removing_frees_counts_the_fingerprints_and_patterns(home: Path, dump: Path) -> None:
    data("add", "chembl", str(dump))
    for kind in ("fingerprints", "patterns"):
        with (home / "data" / "stores" / f"chembl.{kind}").open("r+b") as file:
            file.truncate(300_000_000)
    assert "; 600." in data("remove", "chembl").stdout


def test_a_store_with_fingerprints_and_no_patterns_says_what_is_missing_and_gets_only_them(
    home: Path, dump: Path
) -> None:
    data("add", "chembl", str(dump))
    (home / "data" / "stores" / "chembl.patterns").unlink()
    assert (chembl_line()["fingerprints"]["usable"], chembl_line()["patterns"]["usable"]) == (True, False)
    assert (
        "  no patterns: substructure searches go over named molecules; `data add chembl FILE`" in data("status").stdout
    )
    again = data("add", "chembl", str(dump))
    assert "screening patterns" in again.stderr
    assert "fingerprint" not in again.stderr
    assert chembl_line()["patterns"]["usable"] is True


def test_fingerprints_can_be_left_out_and_made_later(home: Path, dump: Path) -> None:
    done = data("add", "chembl", str(dump), "--no-fingerprints")
    assert done.exit_code == 0
    assert "No fingerprints and no patterns were made" in done.stdout
    assert chembl_line()["fingerprints"] == {"structures": 0, "bytes": 0, "rdkit": "", "usable": False}
    assert "no fingerprints: similarity searches go over named molecules" in data("status").stdout
    data("add", "chembl", str(dump))
    assert chembl_line()["fingerprints"]["usable"] is True
    assert data("add", "chembl", str(dump), "--no-fingerprints").exit_code == 0
    assert chembl_line()["fingerprints"]["usable"] is True  # those of the same dump stay


def test_fingerprints_of_an_older_dump_do_not_stay_where_new_ones_are_left_out(home: Path, dump: Path) -> None:
    data("add", "chembl", str(dump))
    change_structures(dump)
    assert data("add", "chembl", str(dump), "--no-fingerprints").exit_code == 0
    for kind in ("fingerprints", "patterns"):
        assert not (home / "data" / "stores" / f"chembl.{kind}").exists()


def change_structures(dump: Path) -> None:
    connection = sqlite3.connect(dump)
    connection.execute("DELETE FROM compound_structures WHERE molregno = 5")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("kind", ["fingerprints", "patterns"])
def test_damaged_files_are_told_and_made_anew_by_the_same_command(home: Path, dump: Path, kind: str) -> None:
    data("add", "chembl", str(dump))
    path = home / "data" / "stores" / f"chembl.{kind}"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert chembl_line()[kind]["usable"] is False
    text = data("status").stdout
    assert f"✗ The {kind}" in text
    assert "data add chembl FILE" in text
    data("add", "chembl", str(dump))
    assert path.read_bytes() == whole
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))  # no header tells that
    data("add", "chembl", str(dump))
    assert path.read_bytes() == whole


def test_fingerprints_of_another_rdkit_are_told(home: Path, dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data("add", "chembl", str(dump))
    newer = computed.rdkit_source().model_copy(update={"release": "2099.3.1"})
    monkeypatch.setattr(computed, "rdkit_source", lambda: newer)
    assert (chembl_line()["fingerprints"]["usable"], chembl_line()["patterns"]["usable"]) == (False, False)
    assert "; this is 2099.3.1. Give `biocopilot data add chembl FILE`" in data("status").stdout


def test_unreadable_structures_are_counted_and_told(home: Path, dump: Path) -> None:
    connection = sqlite3.connect(dump)
    connection.execute("UPDATE compound_structures SET canonical_smiles = 'rubbish!' WHERE molregno = 5")
    connection.commit()
    connection.close()
    assert "of 4 structures; 1 could not be read.\n" in data("add", "chembl", str(dump)).stdout


def test_ctrl_c_while_fingerprints_are_made_exits_with_130_and_the_store_stays(home: Path, dump: Path) -> None:
    script = (
        "import sys, time\n"
        "from biocopilot.memory.stores import fingerprints\n"
        "fingerprints.BATCH_ROWS = 1\n"
        "mark = fingerprints.BuildFile.mark\n"
        "def slow(build, stage, position=-1):\n"
        "    mark(build, stage, position)\n"
        "    if stage == 'fingerprints' and position == 3:\n"
        "        print('half', file=sys.stderr, flush=True)\n"
        "        time.sleep(20)\n"
        "fingerprints.BuildFile.mark = slow\n"
        "sys.argv = ['biocopilot', 'data', 'add', 'chembl', sys.argv[1]]\n"
        "from biocopilot.copilot.cli.main import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(dump)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    while process.stderr.readline() not in ("half\n", ""):
        pass
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert "Stopped" in err
    assert chembl_line()["fingerprints"]["usable"] is False
    assert evidence("How potent is erlotinib on EGFR?") == [("local", "ChEMBL_36")]
    assert "fingerprints of 5 structures" in data("add", "chembl", str(dump)).stdout
