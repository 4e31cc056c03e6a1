"""Finds out which format a checkpoint has, and opens it: one list of tensors, whatever it lies in.

Takes a `.pth` or `.bin` archive, the folder it was unpacked into, the parts it was cut into, a `.safetensors` file, or a folder of
shards with or without their index.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import CheckpointError
from .archive import entries_of_archive, entries_of_folder, is_archive_folder
from .entries import TensorEntry
from .safetensors_file import entries_of_safetensors, metadata_of

if TYPE_CHECKING:
    from .mapped import MappedFiles

__all__ = ["Format", "Source", "open_source"]

Format = Literal["archive", "unpacked archive", "archive in parts", "safetensors"]

_INDEXES = ("model.safetensors.index.json", "pytorch_model.bin.index.json")
_WEIGHTS = ("*.safetensors", "*.pth", "*.pt", "*.bin")
_NOT_WEIGHTS = re.compile(r"(training_args|optimizer|scheduler|rng_state)")
_ARCHIVE_START, _OLD_PICKLE = b"PK\x03\x04", b"\x80\x02"
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Source:
    """An opened checkpoint: its tensors by name, and the files in which they lie. Holds no tensor in memory."""

    format: Format
    entries: Mapping[str, TensorEntry]
    files: tuple[tuple[Path, ...], ...]
    """Each file, with more than one path where it was cut into parts."""
    metadata: Mapping[str, str]
    """What a safetensors file says of itself."""

    @property
    def bytes(self) -> int:
        """All tensors."""
        return sum(entry.bytes for entry in self.entries.values())

    @property
    def dtypes(self) -> tuple[str, ...]:
        """Types of its numbers, the one that takes most first."""
        sizes: dict[str, int] = {}
        for entry in self.entries.values():
            sizes[entry.dtype] = sizes.get(entry.dtype, 0) + entry.bytes
        return tuple(sorted(sizes, key=lambda dtype: -sizes[dtype]))

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file of it on the disk."""
        return tuple(path for parts in self.files for path in parts)

    def map(self) -> MappedFiles:
        """Map its files; here torch is imported."""
        from .mapped import MappedFiles

        return MappedFiles(self.files)


def open_source(*paths: Path) -> Source:
    """Open a checkpoint.

    Args:
        paths: a file, a folder, or the parts of a file, in any order.

    Raises:
        CheckpointError: nothing there, a format that is not read here, truncated, damaged, or a pickle with code in it.
    """
    for path in paths:
        if not path.exists():
            raise CheckpointError(f"There is no {path}.", "`biocopilot models list` shows what is installed.")
    if len(paths) == 1 and paths[0].is_dir():
        return _open_folder(paths[0])
    if len(paths) > 1:
        return _open_files(_in_order(paths))
    return _open_files(list(paths))


def _open_folder(folder: Path) -> Source:
    unpacked = [item for item in (folder, *sorted(folder.iterdir())) if item.is_dir() and is_archive_folder(item)]
    if len(unpacked) == 1:
        entries, files = entries_of_folder(unpacked[0], 0)
        return Source("unpacked archive", _by_name([entries]), tuple((file,) for file in files), {})
    if len(unpacked) > 1:
        raise CheckpointError(f"{folder} holds {len(unpacked)} unpacked archives.", "Name the folder of one.")
    for name in _INDEXES:
        if (folder / name).is_file():
            return _open_files(_indexed(folder / name))
    for pattern in _WEIGHTS:
        found = [file for file in folder.glob(pattern) if not _NOT_WEIGHTS.search(file.name)]
        if found:
            return _open_files(_in_order(found))
    parts = [file for file in folder.iterdir() if file.is_file() and _starts_or_continues(file)]
    if parts:
        return _open_files(_in_order(parts))
    raise CheckpointError(f"{folder} holds no weights.", "`biocopilot models pull` fetches a model.")


def _starts_or_continues(file: Path) -> bool:
    """Whether its name is one of a part: `biomedgpt_10b.pth.001`, `biomedgpt_10b.pth.part2`, `biomedgpt_10b.pth-ab`."""
    return re.search(r"\.(pth|pt|bin|zip)([._-](part)?[._-]?(\d{1,3}|[a-z]{2})|\.z\d\d)$", file.name) is not None


def _indexed(index: Path) -> list[Path]:
    try:
        table = json.loads(index.read_text("utf-8"))["weight_map"]
        names = sorted(set(table.values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(f"{index} is no index of shards: {error}.", "Fetch it again.") from error
    for name in names:
        if Path(str(name)).name != name:
            raise CheckpointError(f"{index} names a file outside its folder: {str(name)[:80]!r}.")
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing:
        raise CheckpointError(
            f"{len(missing)} of {len(names)} shards are missing in {index.parent}: {', '.join(missing[:3])}.",
            "`biocopilot models pull` fetches what is missing.",
        )
    return [index.parent / name for name in names]


def _open_files(files: Sequence[Path]) -> Source:
    starts = [_start(file) for file in files]
    if starts[0] == _ARCHIVE_START and len(files) > 1 and not all(start == _ARCHIVE_START for start in starts):
        entries = entries_of_archive(files, 0)
        return Source("archive in parts", _by_name([entries]), (tuple(files),), {})
    if all(start == _ARCHIVE_START for start in starts):
        found = [entries_of_archive([file], number) for number, file in enumerate(files)]
        return Source("archive", _by_name(found), tuple((file,) for file in files), {})
    for file, start in zip(files, starts, strict=True):
        if start[:2] == _OLD_PICKLE:
            raise CheckpointError(
                f"{file} is in torch's format of before 2020, or a bare pickle, which is not read here.",
                "Where you trust it, load it with torch.load(…, weights_only=True) and save it again with torch.save.",
            )
        if start == _ARCHIVE_START:
            raise CheckpointError(
                f"{file} begins an archive, and {files[0]} does not.", "Name the parts of one file, all of them."
            )
    found = [entries_of_safetensors(file, number) for number, file in enumerate(files)]
    metadata = metadata_of(files[0]) if len(files) == 1 else {}
    return Source("safetensors", _by_name(found), tuple((file,) for file in files), metadata)


def _start(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read: {error}.", "Mend its permissions.") from error
    if not start:
        raise CheckpointError(f"{file} is empty.", "Fetch it again.")
    return start


def _in_order(files: Sequence[Path]) -> list[Path]:
    """By name, numbers as numbers: part 2 stands before part 10."""
    return sorted(
        files, key=lambda file: [(0, int(t), "") if t.isdigit() else (1, 0, t) for t in _NUMBER.split(file.name)]
    )


def _by_name(found: Sequence[Sequence[TensorEntry]]) -> dict[str, TensorEntry]:
    entries: dict[str, TensorEntry] = {}
    for shard in found:
        for entry in shard:
            if entry.name in entries:
                raise CheckpointError(
                    f"{entry.name} stands in two of the files.", "Name the files of one checkpoint only."
                )
            entries[entry.name] = entry
    return entries
