from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.store_status import store_status
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
