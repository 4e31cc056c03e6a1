from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint.entries import TensorEntry, contiguous_strides
from biocopilot.model.errors import CheckpointError

BYTES = 64_000_000


@pytest.fixture(autouse=True)
def _torch(torch: Any) -> None:
    """All of these need it."""


def entry(offset: int, shape: tuple[int, ...], dtype: str = "uint8") -> TensorEntry:
    return TensorEntry("a", dtype, shape, contiguous_strides(shape), 0, offset)


def resident_pages_of_files() -> int:
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssFile"))


@pytest.mark.skipif(sys.platform != "linux", reason="counts pages as Linux tells them")
def test_pages_of_a_borrowed_tensor_are_given_back(tmp_path: Path) -> None:
    from biocopilot.model.checkpoint.mapped import MappedFiles

    file = tmp_path / "a"
    file.write_bytes(bytes(BYTES))
    files = MappedFiles([[file]])
    before = resident_pages_of_files()
    with files.borrowed(entry(0, (BYTES,))) as tensor:
        assert int(tensor.sum()) == 0
        assert resident_pages_of_files() - before > BYTES * 0.9
    assert resident_pages_of_files() - before < BYTES * 0.1


def test_a_tensor_across_parts_and_one_that_is_not_aligned_are_copied(tmp_path: Path, torch: Any) -> None:
    from biocopilot.model.checkpoint.mapped import MappedFiles

    numbers = torch.arange(100, dtype=torch.float32)
    data = b"x" + numbers.numpy().tobytes()
    parts = [tmp_path / "a", tmp_path / "b", tmp_path / "c"]
    for part, piece in zip(parts, (data[:11], data[11:12], data[12:]), strict=True):
        part.write_bytes(piece)
    files = MappedFiles([parts])
    assert torch.equal(files.tensor(entry(1, (100,), "float32")), numbers)
    assert torch.equal(files.tensor(entry(1 + 4 * 50, (25, 2), "float32")), numbers[50:].reshape(25, 2))


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    from biocopilot.model.checkpoint.mapped import MappedFiles

    with pytest.raises(CheckpointError, match="cannot be read"):
        MappedFiles([[tmp_path / "none"]])
