"""Users' files: which may be read, how each kind is read, and what each refusal says."""

from __future__ import annotations

import gzip
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import FileRefused
from biocopilot.tools.chemistry.structure_file import BYTES, ROWS, SUFFIXES, StructureFile, read_structures
from biocopilot.tools.contract import ToolContext
from biocopilot.tools.workbench import Workbench
from rdkit import Chem


@pytest.fixture
def read(bench: Workbench, tmp_path: Path) -> Any:
    """`await read("name", content)`: writes the file, names it, and reads it."""

    async def reading(name: str, content: str | bytes) -> StructureFile:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return await read_structures(str(path), ToolContext(bench=bench, files=frozenset({path.resolve()})))

    return reading


def sdf(*blocks: tuple[str, str, dict[str, str]]) -> str:
    parts = []
    for title, smiles, fields in blocks:
        block = Chem.MolToMolBlock(Chem.MolFromSmiles(smiles))
        lines = "".join(f"> <{name}>\n{value}\n\n" for name, value in fields.items())
        parts.append(f"{title}\n{block.split(chr(10), 1)[1]}{lines}$$$$\n")
    return "".join(parts)


@pytest.mark.parametrize(
    ("name", "content", "smiles", "names"),
    [
        ("a.smi", "CCO ethanol\nCCN\tethyl amine\n\n# a comment\nC\n", ("CCO", "CCN", "C"), ("ethanol", "ethyl amine", "")),
        ("a.smiles", "smiles name\r\nCCO ethanol\r\n", ("CCO",), ("ethanol",)),
        ("a.txt", "CCO,ethanol\nCCN;amine\n", ("CCO", "CCN"), ("ethanol", "amine")),
        ("a.csv", "name,smiles\nethanol,CCO\n", ("CCO",), ("ethanol",)),
        ("a.csv", "ID;Canonical SMILES;IC50\nA;CCO;1,5\n", ("CCO",), ("A",)),
        ("a.csv", 'smiles,name\n"CCO","ethanol, dry"\n"CC(=O)O","two\nlines"\n', ("CCO", "CC(=O)O"), ("ethanol, dry", "two\nlines")),
        ("a.csv", "\ufeffCompound ID,Ligand SMILES\n7,CCO\n,,\n8\n", ("CCO", ""), ("7", "8")),
        ("a.tsv", "title\tstructure\nx\tCCO\ny\t\n", ("CCO", ""), ("x", "y")),
        ("A.SMI", "CCO", ("CCO",), ("",)),
    ],
)  # fmt: skip
async def test_each_kind_is_read_row_by_row(
    read: Any, name: str, content: str, smiles: tuple[str, ...], names: tuple[str, ...]
) -> None:
    found = await read(name, content)
    assert (found.smiles, found.names) == (smiles, names)
    assert found.name == name
    assert found.sha256 == sha256(content.encode()).hexdigest()


async def test_an_sdf_gives_canonical_smiles_and_titles(read: Any) -> None:
    found = await read(
        "a.sdf",
        sdf(("ethanol", "OCC", {}), ("", "c1ccccc1", {"Compound_ID": "B-7", "IC50": "3"}), ("", "C[C@H](N)C(=O)O", {})),
    )
    assert found.smiles == ("CCO", "c1ccccc1", "C[C@H](N)C(=O)O")
    assert found.names == ("ethanol", "B-7", "")


async def test_blocks_of_an_sdf_that_do_not_parse_keep_their_row(read: Any) -> None:
    good = sdf(("one", "CCO", {}))
    broken = "broken\n\n\n  9  9  0  0  0  0  0  0  0  0999 V2000\nnonsense\nM  END\n$$$$\n"
    pentavalent = good.replace("one", "five bonds").replace("O   0", "C   0").replace("  1  2  1  0", "  1  2  4  0")
    empty = "nothing\n\n\n  0  0  0  0  0  0  0  0  0  0999 V2000\nM  END\n$$$$\n"
    found = await read("a.sdf", good + broken + empty + good + pentavalent)
    assert found.smiles[:4] == ("CCO", "", "", "CCO")
    assert found.names[:4] == ("one", "broken", "nothing", "one")


async def test_an_sdf_with_windows_lines_and_no_last_separator_is_read(read: Any) -> None:
    text = sdf(("one", "CCO", {}), ("two", "CCN", {})).removesuffix("$$$$\n").replace("\n", "\r\n")
    assert (await read("a.sdf", text)).smiles == ("CCO", "CCN")


async def test_the_tools_count_an_sdfs_unreadable_blocks(call: Any, tmp_path: Path) -> None:
    file = tmp_path / "list.sdf"
    file.write_text(
        sdf(("phenol", "Oc1ccccc1", {}), ("ethanol", "CCO", {})) + "bad\n\n\nrubbish\n$$$$\n", encoding="utf-8"
    )
    record = (await call("substructure_filter", group="phenol", file=str(file), files=(file,))).evidence[0].record
    assert record["counts"] == {"given": 3, "parsed": 2, "unparsable": 1, "matched": 1}
    assert record["unparsable_rows"] == [3]
    assert record["rows"][0]["molecule"]["name"] == "phenol"


async def test_real_sdf_files_are_read_whole(bench: Workbench, shared: Path, tmp_path: Path) -> None:
    for name, blocks in (("cdk2", 47), ("bzr", 163), ("egfr", 365)):
        path = tmp_path / f"{name}.sdf"
        path.write_bytes(gzip.decompress((shared / "data" / "rdkit_regression" / f"{name}.sdf.gz").read_bytes()))
        found = await read_structures(str(path), ToolContext(bench=bench, files=frozenset({path.resolve()})))
        assert len(found.smiles) == blocks
        assert sum(bool(smiles) for smiles in found.smiles) >= blocks - 1
        assert any(found.names)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"PK\x03\x04", "kind"), ("a", b"CCO", "kind"), ("a.smi.gz", gzip.compress(b"CCO"), "kind"), ("a.pkl", b"x", "kind"),
        ("a.smi", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"), ("a.csv", "smiles\nCCO\n".encode("utf-16"), "UTF-8"),
        ("a.smi", b"", "no structures"), ("a.smi", b"\n \n# nothing\n", "no structures"), ("a.csv", b"", "no structures"), ("a.csv", b"smiles\n", "no structures"),
        ("a.csv", b"name,weight\nethanol,46\n", "no column called `smiles`"), ("a.sdf", b"", "no structures"), ("a.sdf", b"\n$$$$\n$$$$\n", "no structures"),
        ("a.csv", b'smiles\n"' + b"C" * 200_000 + b'"\n', "no table"), ("a.smi", b"C\n" * (ROWS + 1), f"{ROWS + 1:,} rows"),
        ("a.smi", b"C" * (BYTES + 1), "bytes"), ("a.smi", b"C\n" * 15_000_000, "bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
async def test_what_holds_no_list_is_refused_with_the_reason(read: Any, name: str, content: bytes, told: str) -> None:
    started = time.perf_counter()
    with pytest.raises(FileRefused, match=told) as caught:
        await read(name, content)
    assert time.perf_counter() - started < 5
    assert caught.value.hint
    assert len(caught.value.message) < 300


async def test_a_file_that_the_user_did_not_name_is_refused(bench: Workbench, tmp_path: Path) -> None:
    secret, named = tmp_path / "secret.smi", tmp_path / "named.smi"
    for path in (secret, named):
        path.write_text("CCO\n", encoding="utf-8")
    context = ToolContext(bench=bench, files=frozenset({named.resolve()}))
    assert (await read_structures(str(named), context)).smiles == ("CCO",)
    assert (await read_structures(str(tmp_path / "x" / ".." / "named.smi"), context)).smiles == ("CCO",)
    for other in (
        secret,
        tmp_path / "none.smi",
        "/etc/passwd",
        "../secret.smi",
        "~/secret.smi",
        "",
        "\x00",
        "a" * 9_000,
        "named.smi",
    ):
        with pytest.raises(FileRefused, match=r"did not name it|no file name") as caught:
            await read_structures(str(other), context)
        assert caught.value.hint


async def test_a_link_is_judged_by_what_it_leads_to(bench: Workbench, tmp_path: Path) -> None:
    outside, link = tmp_path / "outside" / "private.smi", tmp_path / "link.smi"
    outside.parent.mkdir()
    outside.write_text("CCO\n", encoding="utf-8")
    link.symlink_to(outside)
    with pytest.raises(FileRefused, match="did not name it"):
        await read_structures(str(link), ToolContext(bench=bench, files=frozenset({link})))
    disguised = tmp_path / "disguised.smi"
    disguised.symlink_to("/etc/passwd")
    with pytest.raises(FileRefused, match="kind that is not read"):
        await read_structures(str(disguised), ToolContext(bench=bench, files=frozenset({disguised.resolve()})))


async def test_a_folder_a_pipe_and_a_missing_file_are_told_apart(bench: Workbench, tmp_path: Path) -> None:
    import os

    folder, pipe, missing = tmp_path / "folder.smi", tmp_path / "pipe.smi", tmp_path / "missing.smi"
    folder.mkdir()
    os.mkfifo(pipe)
    context = ToolContext(bench=bench, files=frozenset({folder, pipe, missing}))
    for path, told in ((folder, "a folder"), (pipe, "no plain file"), (missing, "not there")):
        with pytest.raises(FileRefused, match=told):
            await read_structures(str(path), context)


def test_the_kinds_are_those_that_the_commands_page_names() -> None:
    page = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"`{suffix}`" in page for suffix in SUFFIXES)
