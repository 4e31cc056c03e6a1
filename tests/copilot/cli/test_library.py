"""`biocopilot library` as a process: what a user sees, on stdout and stderr, and the exit codes."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]
LIBRARY = ("data", "library", "library.sqlite")
TEXT = """# Zarvexin trial

## Results

Zarvexin lowered pressure by 9 mmHg in 120 adults. “It works”, said one – and stayed.
"""


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "trial.md").write_text(TEXT, "utf-8")
    return folder / "trial.md"


@pytest.fixture
def added(biocopilot: Command, paper: Path) -> Path:
    """The paper, in the library."""
    assert biocopilot("library", "add", str(paper), "--collection", "trials").returncode == 0
    return paper


def found(biocopilot: Command, *words: str) -> list[dict[str, object]]:
    done = biocopilot("library", "search", *words, "--json")
    passages: list[dict[str, object]] = json.loads(done.stdout)["passages"]
    return passages


# Adding -------------------------------------------------------------------------------------------------------------


def test_what_is_added_is_told_on_stdout_and_found(biocopilot: Command, paper: Path) -> None:
    done = biocopilot("library", "add", str(paper))
    assert done.returncode == 0
    assert done.stdout == "1 file read.\nDocuments: 1 added.\n"
    (hit,) = found(biocopilot, "mmHg zarvexin", "--most", "1")
    assert hit["text"] == TEXT.partition("## Results\n\n")[2].strip()
    assert hit["source_file"] == "trial.md"


def test_what_is_there_is_not_read_again_and_that_is_no_failure(biocopilot: Command, added: Path) -> None:
    done = biocopilot("library", "add", str(added), "--collection", "trials")
    assert done.returncode == 0
    assert done.stdout.startswith("No file was read; 1 unchanged and not read again.")


def test_bad_files_are_named_with_their_reason_and_the_rest_is_added(biocopilot: Command, paper: Path) -> None:
    (paper.parent / "empty.txt").write_text("", "utf-8")
    (paper.parent / "fake.pdf").write_text("no pdf", "utf-8")
    done = biocopilot("library", "add", str(paper.parent))
    assert done.returncode == 3
    assert "Documents: 1 added." in done.stdout
    assert "Refused: 2." in done.stdout
    assert f"✗ {paper.parent / 'empty.txt'} is empty." in done.stdout
    assert f"✗ {paper.parent / 'fake.pdf'} is no PDF" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["fake.pdf", "not-there.pdf", "photo.jpeg"])
def test_where_nothing_could_be_read_the_exit_code_is_2(biocopilot: Command, paper: Path, name: str) -> None:
    if name != "not-there.pdf":
        (paper.parent / name).write_text("x", "utf-8")
    done = biocopilot("library", "add", str(paper.parent / name), "--json")
    assert done.returncode == 2
    told = json.loads(done.stdout)
    assert (told["added"], len(told["refused"])) == (0, 1)
    assert told["refused"][0]["reason"]
    assert told["refused"][0]["hint"]


def test_a_folder_without_anything_to_read_says_so(biocopilot: Command, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = biocopilot("library", "add", str(tmp_path / "empty"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "Nothing there is of a kind that is read here." in done.stderr


@pytest.mark.parametrize("words", [(), ("x.md", "--pubmed", "q"), ("--pubmed", " ")])
def test_files_or_a_query_and_not_both(biocopilot: Command, words: tuple[str, ...]) -> None:
    done = biocopilot("library", "add", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "name files and folders, or --pubmed QUERY" in done.stderr


def test_pubmed_is_refused_offline(biocopilot: Command) -> None:
    done = biocopilot("library", "add", "--pubmed", "osimertinib")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("Refused: offline: ")


def test_many_records_refused_for_one_reason_are_one_line(biocopilot: Command, paper: Path) -> None:
    (paper.parent / "x.ris").write_text(
        "TY  - JOUR\nTI  - Good\nER  - \n\n" + "TY  - JOUR\nN1  - x\nER  - \n\n" * 7, "utf-8"
    )
    done = biocopilot("library", "add", str(paper.parent / "x.ris"))
    assert "Refused: 7." in done.stdout
    assert done.stdout.count("✗") == 1
    assert "7 records such as 2" in done.stdout


def test_many_files_refused_for_one_reason_are_told_together(biocopilot: Command, paper: Path) -> None:
    for number in range(8):
        (paper.parent / f"empty{number}.txt").write_text("", "utf-8")
    done = biocopilot("library", "add", str(paper.parent))
    assert "Refused: 8." in done.stdout
    assert "✗ 8 files, each is empty." in done.stdout
    assert f"    · {paper.parent / 'empty4.txt'}" in done.stdout
    assert "    · and 3 more; --json names them all" in done.stdout
    assert "empty5.txt" not in done.stdout


def test_ctrl_c_keeps_what_was_added_and_the_same_command_goes_on(home: Path, paper: Path, biocopilot: Command) -> None:
    for number in range(400):
        (paper.parent / f"n{number:03}.md").write_text(
            f"# Item {number}\n\n" + f"Word{number} stands here. " * 30, "utf-8"
        )
    command = [sys.executable, "-m", "biocopilot.copilot", "library", "add", str(paper.parent)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    file = home.joinpath(*LIBRARY)
    for _ in range(600):
        time.sleep(0.05)
        if file.exists() and _documents(file) > 130:
            break
    running.send_signal(signal.SIGINT)
    said, talk = running.communicate(timeout=30)
    assert (running.returncode, said) == (130, "")
    assert "Stopped: what was added stays." in talk
    assert "Traceback" not in talk
    kept = _documents(file)
    assert 115 < kept < 115 + 401
    assert biocopilot("library", "add", str(paper.parent)).returncode == 0
    assert _documents(file) == 115 + 401
    assert biocopilot("library", "check").returncode == 0


def _documents(file: Path) -> int:
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


# Notes --------------------------------------------------------------------------------------------------------------


def test_a_note_is_kept_as_the_users_own(biocopilot: Command) -> None:
    done = biocopilot("library", "note", "Batch 7 quenches the dye. Beware.", "--title", "Dye")
    assert done.returncode == 0
    assert done.stdout.endswith("  Dye\n")
    (hit,) = found(biocopilot, "batch quenches dye", "--collection", "notes")
    assert (hit["title"], hit["format"], hit["publication_types"]) == ("Dye", "note", ["note"])
    assert "already" in biocopilot("library", "note", "Batch 7 quenches the dye. Beware.", "--title", "Dye").stdout


def test_two_notes_of_one_title_are_two(biocopilot: Command) -> None:
    for words in ("Batch 7 quenches.", "Batch 8 does not."):
        assert biocopilot("library", "note", words, "--title", "What the batches of this dye do").returncode == 0
    assert len(json.loads(biocopilot("library", "list", "--collection", "notes", "--json").stdout)) == 2


def test_a_note_is_read_from_standard_input_and_an_empty_one_refused(biocopilot: Command) -> None:
    assert biocopilot("library", "note", "-", given="Read from a pipe.").stdout.endswith("  Read from a pipe.\n")
    assert biocopilot("library", "note", "-", given=" \n").returncode == 2


# Searching ----------------------------------------------------------------------------------------------------------


def test_a_hit_says_where_it_stands_and_why_it_was_found(biocopilot: Command, added: Path) -> None:
    done = biocopilot("library", "search", "zarvexin", "mmHg", "--most", "1")
    assert done.returncode == 0
    assert done.stdout.startswith("1  Zarvexin trial\n")
    assert "Results, characters 0 to 85 · D" in done.stdout
    assert "words: zarvexin, mmhg" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_only_of_an_author_and_how_many_documents_name_none(biocopilot: Command, added: Path) -> None:
    file = added.parent / "x.ris"
    file.write_text("TY  - JOUR\nTI  - Zarvexin again\nAU  - Müller, Karl\nAB  - Zarvexin works.\nER  - \n", "utf-8")
    assert biocopilot("library", "add", str(file)).returncode == 0
    done = biocopilot("library", "search", "zarvexin", "--author", "muller k")
    assert done.stdout.startswith("1  Zarvexin again")
    assert "Left out, since they bear no author: 1 document." in done.stderr
    assert biocopilot("library", "search", "zarvexin", "--author", "muller x").returncode == 4


def test_nothing_found_is_said_with_how_many_were_searched(biocopilot: Command, added: Path) -> None:
    done = biocopilot("library", "search", "zarvexin", "--journal", "none such")
    assert done.returncode == 4
    assert done.stdout == "Nothing in the library answers to 'zarvexin' (116 documents).\n"


def test_a_collection_that_is_not_there_is_told_with_those_that_are(biocopilot: Command, added: Path) -> None:
    said = "There is no collection 'trial'. Did you mean 'trials'?"
    done = biocopilot("library", "search", "zarvexin", "--collection", "trial")
    assert done.returncode == 4
    assert said in done.stderr
    assert said in biocopilot("library", "list", "--collection", "trial").stderr
    told = json.loads(biocopilot("library", "search", "zarvexin", "--collection", "trial", "--json").stdout)
    assert told["notes"] == [said]


def test_whose_note_it_is_stands_in_hits_and_list(biocopilot: Command) -> None:
    biocopilot("library", "note", "Compound 12 hits the gatekeeper of EGFR T790M.")
    hits = biocopilot("library", "search", "gatekeeper of EGFR T790M", "--most", "2").stdout
    assert "your note" in hits
    assert "Biocopilot's own note" in hits
    lines = biocopilot("library", "list").stdout.splitlines()
    assert sum("note      your note" in line for line in lines) == 1
    assert sum("note      Biocopilot " in line for line in lines) == 115


@pytest.mark.parametrize("query", ["?!", "—", ""])
def test_a_query_without_words_is_refused(biocopilot: Command, query: str) -> None:
    done = biocopilot("library", "search", query)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_long_query_and_one_in_another_language_are_searched(biocopilot: Command, added: Path) -> None:
    assert biocopilot("library", "search", "zarvexin " * 11_000).returncode == 0
    assert "Traceback" not in biocopilot("library", "search", "高血圧の治療").stderr


def test_without_the_model_words_are_gone_by_and_that_is_said(biocopilot: Command, added: Path) -> None:
    done = biocopilot("library", "search", "zarvexin", BIOCOPILOT_LIBRARY_MODEL="server")
    assert done.returncode == 0
    assert done.stderr.startswith("! Searched by words alone: ")
    assert "cosine" not in done.stdout


# Showing ------------------------------------------------------------------------------------------------------------


def test_a_passage_is_shown_where_it_stands_and_read_again_in_its_file(biocopilot: Command, added: Path) -> None:
    (hit,) = found(biocopilot, "zarvexin", "--most", "1")
    done = biocopilot("library", "show", str(hit["passage"]))
    assert f"File     {added}" in done.stdout
    assert "read again: it says this there" in done.stdout
    assert "⟦Zarvexin lowered" in done.stdout
    added.write_text("# Other\n\nOther.\n", "utf-8")
    assert (
        "not looked at there: trial.md has changed since" in biocopilot("library", "show", str(hit["passage"])).stdout
    )


def test_a_quotation_is_found_to_the_character(biocopilot: Command, added: Path) -> None:
    done = biocopilot("library", "show", "Zarvexin trial", "--quote", '"It works", said one - and', "--json")
    told = json.loads(done.stdout)
    body = TEXT.partition("## Results\n\n")[2]
    assert body[told["start"] : told["end"]] == told["text"] == "“It works”, said one – and"
    assert (told["exact"], told["in_source"], told["kind"]) == (False, True, "body")
    assert biocopilot("library", "show", "Zarvexin trial", "--quote", "It fails").returncode == 4


@pytest.mark.parametrize("name", ["D000000000", "D000000000.00000000", "PMID 1", "no such title"])
def test_what_is_not_there_is_not_found(biocopilot: Command, added: Path, name: str) -> None:
    done = biocopilot("library", "show", name)
    assert (done.returncode, done.stdout) == (4, "")
    assert "biocopilot library list" in done.stderr


def test_the_list_is_the_projects_notes_until_something_is_added(biocopilot: Command, paper: Path) -> None:
    before = biocopilot("library", "list")
    assert "the project's own notes" in before.stderr
    biocopilot("library", "add", str(paper))
    after = biocopilot("library", "list", "--json")
    assert [row["title"] for row in json.loads(after.stdout)][-1] == "Zarvexin trial"
    assert after.stderr == ""


# Keeping ------------------------------------------------------------------------------------------------------------


def test_removing_asks_first(biocopilot: Command, added: Path) -> None:
    for given in ("", "n\n", "perhaps\n"):
        done = biocopilot("library", "remove", "Zarvexin trial", given=given)
        assert (done.returncode, done.stdout) == (3, "")
    assert biocopilot("library", "remove", "Zarvexin trial", given="y\n").returncode == 0
    assert biocopilot("library", "remove", "Zarvexin trial", "--yes").returncode == 4
    assert added.is_file()


def test_stats_are_counted(biocopilot: Command, added: Path) -> None:
    told = json.loads(biocopilot("library", "stats", "--json").stdout)
    assert (told["documents"], told["passages"], told["formats"]) == (116, 116, {"note": 115, "markdown": 1})
    assert told["collections"]["trials"] == 1
    assert (told["retracted"], told["waiting"], told["is_starter"]) == (0, 0, False)
    assert told["bytes"] > 100_000
    text = biocopilot("library", "stats").stdout
    assert "documents    116" in text
    assert "all-MiniLM-L6-v2" in text
    assert "not in it yet" not in text


def test_stats_say_in_plain_words_what_the_index_lacks(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("INSERT INTO outbox SELECT seq, 'add' FROM passage LIMIT 3")
    connection.close()
    assert "; 3 changes not in it yet: nothing is missed" in biocopilot("library", "stats").stdout


def test_reindex_makes_what_is_missing(biocopilot: Command, paper: Path) -> None:
    done = biocopilot("library", "add", str(paper), BIOCOPILOT_LIBRARY_MODEL="server")
    assert done.returncode == 0
    assert "1 passages wait for vectors" in done.stderr
    assert json.loads(biocopilot("library", "stats", "--json").stdout)["waiting"] == 1
    assert biocopilot("library", "reindex").stdout.startswith("1 vectors were made by all-MiniLM-L6-v2")
    assert json.loads(biocopilot("library", "stats", "--json").stdout)["waiting"] == 0


def test_a_check_names_files_that_changed_or_are_gone(biocopilot: Command, added: Path) -> None:
    assert biocopilot("library", "check", "--read").stdout.splitlines()[1].endswith("with the same text: 1 document.")
    added.write_text("# Other\n\nOther.\n", "utf-8")
    done = biocopilot("library", "check")
    assert done.returncode == 3
    assert f"○ {added}: changed since it was read" in done.stdout
    added.unlink()
    assert f"○ {added}: gone" in biocopilot("library", "check").stdout


def test_a_packed_file_that_is_as_it_was_is_no_trouble(biocopilot: Command, tmp_path: Path) -> None:
    packed = tmp_path / "packed.txt.gz"
    packed.write_bytes(gzip.compress(b"Gefitinib binds EGFR in its active form."))
    assert biocopilot("library", "add", str(packed)).returncode == 0
    assert str(packed) not in biocopilot("library", "check").stdout
    packed.write_bytes(gzip.compress(b"Another text."))
    assert f"○ {packed}: changed since it was read" in biocopilot("library", "check").stdout


def test_a_check_finds_a_text_that_was_altered(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("UPDATE part SET text = replace(text, '9 mmHg', '8 mmHg')")
    connection.close()
    done = biocopilot("library", "check")
    assert done.returncode == 6
    assert "another text stands there now: 'Zarvexin lowered pressure by 8 mmHg" in done.stdout


def test_a_check_names_what_another_version_read_and_is_content(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("UPDATE file SET reader = 'markdown 0'")
    connection.close()
    done = biocopilot("library", "check", "--read")
    assert done.returncode == 0
    assert "Not compared, until their files are added again: 1 document." in done.stdout
    assert f"{added.name} was read by another version of its reader" in done.stdout
    shown = biocopilot("library", "show", "Zarvexin trial", "--quote", "9 mmHg").stdout
    assert "was read by another version of its reader" in shown
    assert f"to read it again: biocopilot library add {added}" in shown
    assert biocopilot("library", "add", str(added)).returncode == 0
    assert (
        "read again: it says this there" in biocopilot("library", "show", "Zarvexin trial", "--quote", "9 mmHg").stdout
    )


# What is wrong outside ----------------------------------------------------------------------------------------------


def test_a_damaged_library_is_named(biocopilot: Command, added: Path, home: Path) -> None:
    home.joinpath(*LIBRARY).write_bytes(b"this is no database" * 1_000)
    for words in (("search", "x"), ("list",), ("stats",), ("check",), ("add", str(added)), ("note", "word")):
        done = biocopilot("library", *words)
        assert done.returncode == 5, words
        assert "library.sqlite" in done.stderr
        assert "\n  " in done.stderr
        assert "Traceback" not in done.stderr


def test_a_library_of_a_newer_version_is_left_alone(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("UPDATE library SET value = '99' WHERE name = 'layout'")
    connection.close()
    done = biocopilot("library", "search", "zarvexin")
    assert done.returncode == 5
    assert "newer version" in done.stderr
    assert "Use that version" in done.stderr


def test_while_another_process_writes_adding_waits_and_then_says_so(
    biocopilot: Command, added: Path, home: Path
) -> None:
    fcntl = pytest.importorskip("fcntl")
    with (home / "data" / "library" / "library.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = biocopilot("library", "note", "a word")
        assert done.returncode == 5
        assert "is working on the library" in done.stderr
        assert biocopilot("library", "search", "zarvexin").returncode == 0


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_can_still_be_read(biocopilot: Command, added: Path, home: Path) -> None:
    folder = home / "data" / "library"
    folder.chmod(0o500)
    try:
        done = biocopilot("library", "note", "a word")
        assert done.returncode == 5
        assert "permission" in done.stderr.lower()
        assert biocopilot("library", "search", "zarvexin").returncode == 0
    finally:
        folder.chmod(0o700)


def test_something_else_in_the_librarys_place_is_named(biocopilot: Command, paper: Path, home: Path) -> None:
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / "library").write_text("a file", "utf-8")
    done = biocopilot("library", "add", str(paper))
    assert (done.returncode, done.stdout) == (5, "")
    assert "cannot be made" in done.stderr
    assert "Traceback" not in done.stderr


def test_vectors_of_two_models_do_not_mix(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("UPDATE library SET value = 'other-model abc 384 recipe 1' WHERE name = 'model'")
    connection.close()
    done = biocopilot("library", "note", "a word")
    assert done.returncode == 2
    assert "they do not mix" in done.stderr
    assert "biocopilot library reindex" in done.stderr
    searched = biocopilot("library", "search", "zarvexin")
    assert searched.returncode == 0
    assert "by words alone: the library's vectors are of other-model" in searched.stderr


def test_an_earlier_version_of_the_same_model_is_told_apart(biocopilot: Command, added: Path, home: Path) -> None:
    with sqlite3.connect(home.joinpath(*LIBRARY)) as connection:
        connection.execute("UPDATE library SET value = 'all-MiniLM-L6-v2 abc 384 recipe 1' WHERE name = 'model'")
    connection.close()
    searched = biocopilot("library", "search", "zarvexin")
    assert "the library's vectors are of another version of all-MiniLM-L6-v2" in searched.stderr


def test_what_is_known_stays_in_its_collection_and_that_is_said(biocopilot: Command, tmp_path: Path) -> None:
    for name, collection in (("one.txt", ""), ("two.txt", "mine")):
        file = tmp_path / name
        file.write_text("Zarvexin binds in the dark.", "utf-8")
        done = biocopilot("library", "add", str(file), *(("--collection", collection) if collection else ()))
    assert "stays in the collection that it is in" in done.stdout


def test_offline_a_chroma_server_is_not_asked(biocopilot: Command, added: Path) -> None:
    environment = {"BIOCOPILOT_LIBRARY_CHROMA_URL": "http://localhost:9"}
    done = biocopilot("library", "search", "zarvexin", **environment)
    assert done.returncode == 0
    assert "is not asked: vectors were compared here" in done.stderr
    assert "cosine" in done.stdout
    assert biocopilot("library", "note", "waits for the server", **environment).returncode == 0
    refused = biocopilot("library", "reindex", **environment)
    assert (refused.returncode, refused.stdout) == (5, "")


def test_a_documents_notes_are_wrapped(biocopilot: Command) -> None:
    shown = biocopilot("library", "show", "ABL1 T315I").stdout.splitlines()
    (start,) = [number for number, line in enumerate(shown) if line.startswith("· References: PMID")]
    assert max(map(len, shown)) <= 80
    assert shown[start + 1].startswith("  ")
