"""The list of registered stores: written whole, damaged ones told, stores that are gone named."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from biocopilot.memory.errors import SourceUnavailable, StorageError
from biocopilot.memory.paths import registry_path
from biocopilot.memory.stores.chembl_dump import build_chembl
from biocopilot.memory.stores.registry import StoreRecord, open_store, registered, remove, save, stores_dir


def record(path: Path, **changes: object) -> StoreRecord:
    fields = {
        "name": "uniprot", "release": "2025_04", "licence": "CC BY 4.0", "store": path, "source": path, "fingerprint": "x",
        "rows": {"proteins": 1}, "bytes": 1, "source_bytes": 1, "built_at": datetime.now(UTC) - timedelta(days=3, hours=1),
    }  # fmt: skip
    return StoreRecord.model_validate({**fields, **changes})


def test_nothing_is_registered_at_first_and_nothing_is_made(home: Path) -> None:
    assert registered() == {}
    assert open_store("chembl") is None
    assert not any(home.iterdir())


def test_a_record_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    kept = record(tmp_path / "u.sqlite")
    save(kept)
    assert registered() == {"uniprot": kept}
    assert kept.age_days == 3
    assert remove("uniprot") == kept
    assert remove("uniprot") is None
    assert registered() == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 2, "stores": {}}',
        '{"stores": {"drugbank": {}}}',
        '{"stores": {"chembl": {"name": 1}}}',
    ],
)
def test_a_damaged_list_is_told_with_what_mends_it(content: str) -> None:
    stores_dir()
    registry_path().write_text(content, "utf-8")
    with pytest.raises(StorageError, match="damaged") as caught:
        registered()
    assert "Delete it" in caught.value.hint
    with pytest.raises(StorageError):
        save(record(Path("x")))
    assert registry_path().read_text("utf-8") == content  # not written over


def test_a_list_that_is_a_folder_cannot_be_read() -> None:
    stores_dir()
    registry_path().mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        registered()


def test_the_file_is_json_for_other_programs(dump: Path) -> None:
    build_chembl(dump)
    found = json.loads(registry_path().read_text("utf-8"))
    assert found["stores"]["chembl"]["release"] == "ChEMBL_36"


def test_a_dump_that_is_gone_or_changed_is_named(dump: Path) -> None:
    build_chembl(dump)
    moved = dump.rename(dump.with_name("moved.db"))
    with pytest.raises(SourceUnavailable, match=r"chembl_36\.db is gone") as caught:
        open_store("chembl")
    assert "data add chembl" in caught.value.hint
    data = bytearray(moved.read_bytes())
    data[27] ^= 1
    dump.write_bytes(data)
    with pytest.raises(SourceUnavailable, match="has changed"):
        open_store("chembl")


def test_a_store_that_is_gone_is_named_and_can_be_removed(dump: Path) -> None:
    build_chembl(dump).store.unlink()
    with pytest.raises(SourceUnavailable, match=r"chembl\.sqlite is gone"):
        open_store("chembl")
    remove("chembl")
    assert dump.exists()
    assert list(stores_dir().glob("*.sqlite*")) == []
