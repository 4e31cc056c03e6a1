"""Which full sources this machine holds: release, rows, size, licence, when and from what they were built.

One JSON file in the data folder, written whole and renamed. `open_store` opens what it names; questions are answered from
these stores before the starter set.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import SourceUnavailable, StorageError
from ..paths import data_dir, registry_path
from ..store_connection import Database
from .building import fingerprint, only_one

__all__ = ["StoreName", "StoreRecord", "open_store", "registered", "remove", "save", "stores_dir"]

_KINDS = ("sqlite", "fingerprints", "patterns")
"""What is built for a store, by the ends of the files' names."""

StoreName = Literal["chembl", "uniprot", "hgnc"]


class StoreRecord(BaseModel):
    """A registered store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: StoreName
    release: str
    licence: str
    store: Path
    """What was built: for ChEMBL the database beside the dump, for the others all of it."""
    source: Path
    """The official file: ChEMBL's is read on, the others' are no longer needed."""
    fingerprint: str
    rows: dict[str, int]
    bytes: int = Field(ge=0)
    """Size of what was built."""
    source_bytes: int = Field(ge=0)
    built_at: datetime

    @property
    def age_days(self) -> int:
        """Days since it was built."""
        return max(0, (datetime.now(UTC) - self.built_at).days)


class _Registry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = 1
    stores: dict[StoreName, StoreRecord] = {}


def stores_dir() -> Path:
    """Where the stores lie; made where it is missing. Raises StorageError."""
    folder = data_dir() / "stores"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be made: {error.strerror}.", "Mend the data folder's permissions."
        ) from error
    return folder


def registered() -> dict[StoreName, StoreRecord]:
    """What is registered, by name.

    Raises:
        StorageError: the registry is damaged or cannot be read.
    """
    path = registry_path()
    try:
        return _Registry.model_validate_json(path.read_bytes()).stores
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.") from error
    except ValidationError as error:
        raise StorageError(
            f"The list of local stores, {path}, is damaged.",
            "Delete it, then register the sources again: the stores themselves are kept, so that takes seconds.",
        ) from error


def save(record: StoreRecord) -> None:
    """Register a store in the place of the one of that name. Raises StorageError."""
    with _changing() as stores:
        stores[record.name] = record


def remove(name: StoreName) -> StoreRecord | None:
    """Forget a store and delete what was built for it; the official file is the user's and stays.

    Returns:
        What it was; None where there was none.

    Raises:
        StorageError: the registry is damaged, or the store cannot be deleted.
    """
    with only_one(stores_dir() / f"{name}.lock", f"the {name} store"):
        with _changing() as stores:
            gone = stores.pop(name, None)
        unpacked = [gone.source] if gone is not None and gone.source.parent == stores_dir() else []
        built = [path for kind in _KINDS for path in stores_dir().glob(f"{name}.{kind}*")]
        for path in (*built, *unpacked):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageError(f"{path} cannot be deleted: {error.strerror}.", "Delete it yourself.") from error
        return gone


def open_store(name: StoreName) -> Database | None:
    """The registered store of that name, ready to be asked; None where none is registered.

    Raises:
        SourceUnavailable: a file of it is gone, or is no longer what it was built from.
        StorageError: it, or the registry, is damaged.
    """
    record = registered().get(name)
    if record is None:
        return None
    instead = "the service" if name == "hgnc" else "the starter set"
    mend = (
        f"`biocopilot data add {name} FILE` registers it again; `biocopilot data remove {name}` goes back to {instead}."
    )
    if not record.store.is_file():
        raise SourceUnavailable(f"The {name} store {record.store} is gone.", mend)
    if name != "chembl":
        return Database(record.store)
    if not record.source.is_file():
        raise SourceUnavailable(f"The ChEMBL dump {record.source} is gone.", mend)
    if fingerprint(record.source) != record.fingerprint:
        raise SourceUnavailable(f"The ChEMBL dump {record.source} has changed since it was registered.", mend)
    return Database(record.source, beside=record.store)


@contextlib.contextmanager
def _changing() -> Iterator[dict[StoreName, StoreRecord]]:
    path = data_dir() / registry_path().name
    with only_one(path.with_name("stores.lock"), "the list of local stores", wait_s=5.0):
        stores = registered()
        yield stores
        said = json.loads(_Registry(stores=stores).model_dump_json())
        scratch = path.with_name(path.name + ".new")
        try:
            with scratch.open("w", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(scratch, path)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}.", "Free some space, or mend its permissions."
            ) from error
        finally:
            scratch.unlink(missing_ok=True)
