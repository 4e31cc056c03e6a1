from __future__ import annotations

import json
import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from biocopilot.model.checkpoint.source import Source, open_source
from biocopilot.model.errors import CheckpointError


def same(source: Source, weights: dict[str, Any], torch: Any) -> None:
    files = source.map()
    assert list(source.entries)
    assert set(source.entries) == set(weights)
    for name, tensor in weights.items():
        found = files.tensor(source.entries[name])
        assert (found.dtype, found.shape) == (tensor.dtype, tensor.shape), name
        assert torch.equal(found, tensor), name


def unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def cut(file: Path, folder: Path, pieces: int, name: str = "{file}.part{number}") -> list[Path]:
    folder.mkdir()
    data, size = file.read_bytes(), -(-file.stat().st_size // pieces)
    made = []
    for number in range(pieces):
        made.append(folder / name.format(file=file.name, number=number))
        made[-1].write_bytes(data[number * size : (number + 1) * size])
    return made


def test_an_archive_is_what_torch_reads(fusion: Path, torch: Any) -> None:
    source = open_source(fusion)
    assert (source.format, source.dtypes[0]) == ("archive", "float32")
    same(source, torch.load(fusion, weights_only=True), torch)


def test_an_unpacked_archive(fusion: Path, weights: dict[str, Any], torch: Any, tmp_path: Path) -> None:
    folder = unpacked(fusion, tmp_path / "unpacked")
    source = open_source(folder)
    assert source.format == "unpacked archive"
    same(source, weights, torch)
    (inner,) = folder.iterdir()
    same(open_source(inner), weights, torch)


@pytest.mark.parametrize("pieces", [2, 3, 12])
def test_an_archive_in_parts(fusion: Path, weights: dict[str, Any], torch: Any, tmp_path: Path, pieces: int) -> None:
    parts = cut(fusion, tmp_path / "parts", pieces)
    source = open_source(tmp_path / "parts")
    assert source.format == "archive in parts"
    assert len(source.paths) == pieces
    same(source, weights, torch)
    same(open_source(*reversed(parts)), weights, torch)


def test_parts_without_their_last_are_truncated(fusion: Path, tmp_path: Path) -> None:
    *_, last = cut(fusion, tmp_path / "parts", 3)
    last.unlink()
    with pytest.raises(CheckpointError, match="truncated"):
        open_source(tmp_path / "parts")


def test_parts_without_their_first_are_refused(fusion: Path, tmp_path: Path) -> None:
    first, *_ = cut(fusion, tmp_path / "parts", 3)
    first.unlink()
    with pytest.raises(CheckpointError):
        open_source(tmp_path / "parts")


def test_safetensors_as_the_library_writes_them(weights: dict[str, Any], torch: Any, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file(weights, tmp_path / "a.safetensors", metadata={"format": "pt"})
    source = open_source(tmp_path / "a.safetensors")
    assert (source.format, source.metadata) == ("safetensors", {"format": "pt"})
    same(source, weights, torch)


@pytest.mark.parametrize("index", [True, False])
@pytest.mark.parametrize("kind", ["safetensors", "bin"])
def test_shards(kind: str, index: bool, weights: dict[str, Any], torch: Any, tmp_path: Path) -> None:
    from safetensors.torch import save_file

    stem = "model" if kind == "safetensors" else "pytorch_model"
    names = [f"{stem}-0000{n}-of-00003.{kind}" for n in (1, 2, 3)]
    placed = {key: names[number % 3] for number, key in enumerate(weights)}
    for name in names:
        shard = {key: weights[key] for key in weights if placed[key] == name}
        save_file(shard, tmp_path / name) if kind == "safetensors" else torch.save(shard, tmp_path / name)
    torch.save({"lr": torch.zeros(1)}, tmp_path / "optimizer.bin")
    if index:
        (tmp_path / f"{stem}.{kind}.index.json").write_text(json.dumps({"weight_map": placed}), "utf-8")
    same(open_source(tmp_path), weights, torch)
    if index:
        (tmp_path / names[1]).unlink()
        with pytest.raises(CheckpointError, match="1 of 3 shards are missing"):
            open_source(tmp_path)


def test_an_index_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.index.json").write_text(
        json.dumps({"weight_map": {"a": "../../etc/passwd"}}), "utf-8"
    )
    with pytest.raises(CheckpointError, match="outside its folder"):
        open_source(tmp_path)


def test_golden_files_of_both_formats_hold_the_same(golden: Path, torch: Any) -> None:
    archive, tensors = open_source(golden / "biomedgpt_tiny.pth"), open_source(golden / "biomedgpt_tiny.safetensors")
    assert set(archive.entries) == set(tensors.entries)
    one, other = archive.map(), tensors.map()
    for name, entry in archive.entries.items():
        assert torch.equal(one.tensor(entry).reshape(-1), other.tensor(tensors.entries[name]).reshape(-1)), name


def test_a_view_that_is_not_contiguous_is_read_as_it_is_meant(torch: Any, tmp_path: Path) -> None:
    whole = torch.arange(24.0).reshape(4, 6)
    kept = {
        "turned": whole.T,
        "part": whole[1:3, 2:5],
        "one": torch.tensor(3),
        "none": torch.empty(0, 4),
        "half": whole.half(),
    }
    torch.save(kept, tmp_path / "a.pth")
    source = open_source(tmp_path / "a.pth")
    same(source, kept, torch)
    assert not source.entries["turned"].contiguous
    assert source.entries["half"].contiguous


def test_tensors_below_a_name_of_a_training_program_are_found(torch: Any, tmp_path: Path) -> None:
    torch.save({"model": OrderedDict(a=torch.ones(2))}, tmp_path / "a.pth")
    same(open_source(tmp_path / "a.pth"), {"a": torch.ones(2)}, torch)


def test_writing_to_a_mapped_tensor_leaves_the_file_as_it_is(fusion: Path) -> None:
    before = fusion.read_bytes()
    source = open_source(fusion)
    source.map().tensor(source.entries["proj_mol.weight"]).fill_(5)
    assert fusion.read_bytes() == before


@pytest.mark.parametrize("left", [0, 3, 100, 5_000, -1, -2_000])
def test_a_truncated_archive_is_refused(fusion: Path, left: int) -> None:
    fusion.write_bytes(fusion.read_bytes()[:left])
    with pytest.raises(CheckpointError):
        open_source(fusion)


@pytest.mark.parametrize("left", [0, 4, 7, 9, 200, -1])
def test_a_truncated_safetensors_file_is_refused(language_model: Path, left: int) -> None:
    file = language_model / "model.safetensors"
    file.write_bytes(file.read_bytes()[:left])
    with pytest.raises(CheckpointError):
        open_source(file)


def header(table: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(table).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (header({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, b"1234"), "truncated"),
        (header({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, b"1234"), "damaged"),
        (header({"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}, b"1234"), "damaged"),
        (header({"a": {"dtype": "F8_E4M3", "shape": [4], "data_offsets": [0, 4]}}, b"1234"), "not read here"),
        (header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"12345678"), "4 bytes too many"),
        (header({"a": 3}, b"1234"), "damaged"),
        (header({"__metadata__": {}}), "no tensor"),
        (b"\xff" * 64, "no safetensors file"),
        (b"<!DOCTYPE html><html>not found</html>", "no safetensors file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n", "no safetensors file"),
    ],
)
def test_a_wrong_safetensors_file_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=said):
        open_source(tmp_path / "a.safetensors")


def test_an_unpacked_archive_without_a_record_is_refused(fusion: Path, tmp_path: Path) -> None:
    (inner,) = unpacked(fusion, tmp_path / "unpacked").iterdir()
    (inner / "data" / "0").unlink()
    with pytest.raises(CheckpointError, match="a part is missing or cut off"):
        open_source(inner)


def test_a_pickle_with_code_in_an_archive_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(tmp_path / "never"),))

    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({"w": Evil()}, 2))
        archive.writestr("a/data/0", b"1234")
    with pytest.raises(CheckpointError, match=r"would call (posix|nt)\.mkdir"):
        open_source(tmp_path / "a.pth")
    assert not (tmp_path / "never").exists()


def test_an_archive_packed_anew_with_compression_is_refused(fusion: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(fusion) as old, zipfile.ZipFile(tmp_path / "b.pth", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    with pytest.raises(CheckpointError, match="compression"):
        open_source(tmp_path / "b.pth")


def test_torchs_old_format_is_refused_with_what_to_do(torch: Any, tmp_path: Path) -> None:
    torch.save({"a": torch.ones(1)}, tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    with pytest.raises(CheckpointError, match="before 2020") as caught:
        open_source(tmp_path / "a.pth")
    assert "weights_only=True" in caught.value.hint


def test_another_byte_order_is_refused(torch: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({}, 2))
        archive.writestr("a/byteorder", "big")
    with pytest.raises(CheckpointError, match="byte order"):
        open_source(tmp_path / "a.pth")


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.pth", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(CheckpointError, match="not one that torch wrote"):
        open_source(tmp_path / "a.pth")


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="There is no"):
        open_source(tmp_path / "a.pth")
    with pytest.raises(CheckpointError, match="holds no weights"):
        open_source(tmp_path)


def test_one_tensor_in_two_files_is_refused(torch: Any, tmp_path: Path) -> None:
    for name in ("a.pth", "b.pth"):
        torch.save({"w": torch.ones(1)}, tmp_path / name)
    with pytest.raises(CheckpointError, match="in two of the files"):
        open_source(tmp_path)
