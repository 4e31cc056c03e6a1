"""`biocopilot data`: what the local stores hold, and how full sources are fetched, registered and given up."""

from __future__ import annotations

import sys
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ...memory.stores.building import Report

__all__ = ["app"]

app = typer.Typer(
    help="See the local data; add full ChEMBL, UniProt and HGNC.", no_args_is_help=True, rich_markup_mode=None
)


class Addable(StrEnum):
    """Sources that can be registered."""

    chembl = "chembl"
    uniprot = "uniprot"
    hgnc = "hgnc"


class Pullable(StrEnum):
    """Sources whose official file can be fetched."""

    chembl = "chembl"
    uniprot = "uniprot"
    hgnc = "hgnc"


_TITLES = {Addable.chembl: "", Addable.uniprot: "UniProt ", Addable.hgnc: "HGNC "}
"""What stands before a release; ChEMBL's own says its name."""


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show what the stores hold, their releases and licences, and which one answers."""
    from .store_status import store_lines, store_status, troubled_text

    lines = store_lines()
    trouble = next((line.trouble for line in lines if line.trouble is not None), None)
    if trouble is not None and not as_json:
        sys.stdout.write(troubled_text(lines))
    if trouble is not None:
        raise trouble
    found = store_status()
    sys.stdout.write(found.to_json() if as_json else found.to_text())


@app.command()
def add(
    name: Annotated[Addable, typer.Argument(metavar="NAME", help="chembl, uniprot or hgnc.")],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="chembl_NN.db, its .tar.gz, uniprot_sprot.dat.gz, or hgnc_complete_set.txt (or .json)."
        ),
    ],
    release: Annotated[
        str,
        typer.Option(
            "--release",
            metavar="R",
            help="UniProt's release, such as 2025_04, or HGNC's day, such as 2025-06-17; the files do not say it.",
        ),
    ] = "",
    no_fingerprints: Annotated[
        bool,
        typer.Option(
            "--no-fingerprints",
            help="ChEMBL: leave out what similarity and substructure searches of all structures need.",
        ),
    ] = False,
) -> None:
    """Register a full source; questions are answered from it first."""
    from ...memory.errors import Cancelled, InvalidInput
    from .stages import stage_lines

    if release and name is Addable.chembl:
        raise InvalidInput("A ChEMBL dump says its release itself.", "Leave --release out.")
    if no_fingerprints and name is not Addable.chembl:
        raise InvalidInput("Only ChEMBL gets fingerprints.", "Leave --no-fingerprints out.")
    try:
        with stage_lines() as report:
            if name is Addable.chembl:
                from ...memory.stores.chembl_dump import build_chembl

                record = build_chembl(file, report)
                made = _fingerprinted(record.fingerprint, not no_fingerprints, report)
            elif name is Addable.uniprot:
                from ...memory.stores.swissprot import build_uniprot

                record = build_uniprot(file, report, release)
            else:
                from ...memory.stores.hgnc import build_hgnc

                record = build_hgnc(file, report, release)
    except KeyboardInterrupt as stop:
        raise Cancelled("Stopped.", "What was built is kept: the same command goes on from there.") from stop
    held = ", ".join(f"{count:,} {what}" for what, count in record.rows.items())
    sys.stdout.write(f"{_TITLES[name]}{record.release} is registered: {held}.\nQuestions are answered from it first.\n")
    if name is Addable.chembl:
        sys.stdout.write(f"The dump stays where it is and is read from there: {record.source}\n{made}")


def _fingerprinted(source: str, wanted: bool, report: Report) -> str:
    """Make the fingerprints and patterns beside the registered ChEMBL, and say so; or leave them out."""
    from ...memory.stores.fingerprints import build_fingerprints, drop_stale
    from ...memory.stores.patterns import build_patterns, drop_stale_patterns

    if not wanted:
        drop_stale(source)
        drop_stale_patterns(source)
        return "No fingerprints and no patterns were made: similarity and substructure searches go over its named molecules only.\n"
    from ...tools.chemistry.fingerprint_workers import FingerprintWorkers, PatternWorkers

    with closing(FingerprintWorkers()) as workers:
        header = build_fingerprints(workers, report)
    with closing(PatternWorkers()) as workers:
        patterns = build_patterns(workers, report)
    unread = f"; {header.unreadable:,} could not be read" if header.unreadable else ""
    return (
        f"Similarity searches go over fingerprints of {header.count:,} structures{unread}.\n"
        f"Substructure searches go over patterns of {patterns.count:,} structures.\n"
    )


@app.command()
def remove(name: Annotated[Addable, typer.Argument(metavar="NAME", help="chembl, uniprot or hgnc.")]) -> None:
    """Give a registered source up, and delete what was built for it."""
    from ...memory.errors import NotFound
    from ...memory.stores import registry
    from ...memory.stores.registry import stores_dir

    beside = (stores_dir() / f"{name.value}.{kind}" for kind in ("fingerprints", "patterns"))
    freed = sum(path.stat().st_size for path in beside if path.is_file())
    gone = registry.remove(name.value)
    if gone is None:
        raise NotFound(f"No {name.value} store is registered.", "`biocopilot data status` shows what is.")
    kept = f" Your file stays: {gone.source}" if gone.source.exists() else ""
    sys.stdout.write(
        f"{_TITLES[name]}{gone.release} is no longer used; {(gone.bytes + freed) / 1e6:,.1f} MB were freed.{kept}\n"
    )


@app.command()
def pull(
    name: Annotated[Pullable, typer.Argument(metavar="NAME", help="chembl, uniprot or hgnc.")],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Fetch this address instead of the official one.")
    ] = "",
    checksum: Annotated[
        str, typer.Option("--checksum", metavar="HEX", help="With --url: the file's SHA-256 or MD5.")
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option("--to", metavar="FOLDER", help="Where to put it; your data folder's downloads if absent."),
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Open no network connection.")] = False,
) -> None:
    """Fetch a source's official file, going on where an earlier attempt ended."""
    from ...memory.errors import InvalidInput
    from ...memory.paths import data_dir
    from ...memory.stores import download
    from ..settings import load_settings
    from .stages import stage_lines

    if checksum and not url:
        raise InvalidInput("The official checksum is fetched with the file.", "Give --checksum only with --url.")
    offline = offline or load_settings().settings.offline
    where = folder or data_dir() / "downloads"
    with stage_lines() as report:
        found = download.pull(name.value, where, url=url, checksum=checksum, offline=offline, report=report)
    checked = (
        f"its checksum is right ({found.checksum.partition(':')[0]})"
        if found.checksum
        else "no checksum is stated for it"
    )
    there = "lay there already" if found.already_there else "is fetched"
    sys.stdout.write(f"{found.path}\n  {there}: {found.bytes:,} bytes; {checked}.\n")
    sys.stdout.write(f"  Next: biocopilot data add {name.value} {found.path}\n")
