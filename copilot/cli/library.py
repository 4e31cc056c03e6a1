"""`biocopilot library`: a user's own documents: add them, search them, open a passage where it stands, check and remove them."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(
    help="Add papers and notes, and find and open passages in them.", no_args_is_help=True, rich_markup_mode=None
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
_Offline = Annotated[bool, typer.Option("--offline", help="Open no network connection.")]
_Collection = Annotated[
    str,
    typer.Option("--collection", metavar="NAME", help="Name under which they are put together.", show_default=False),
]


class Retracted(StrEnum):
    """What becomes of retracted articles."""

    marked = "marked"
    left_out = "left_out"
    only = "only"


@app.command()
def add(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Files, folders and zip archives to read.", show_default=False),
    ] = None,
    collection: _Collection = "",
    pubmed: Annotated[
        str, typer.Option("--pubmed", metavar="QUERY", help="Instead: abstracts that PubMed finds for these words.")
    ] = "",
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=1, max=9_999, help="With --pubmed: how many, most relevant first.")
    ] = 200,
    as_json: _AsJson = False,
    offline: _Offline = False,
) -> None:
    """Add documents; what is there already is not read again."""
    if bool(paths) == bool(pubmed.strip()):
        raise typer.BadParameter("name files and folders, or --pubmed QUERY.")
    from .library_adding import add_files, add_from_pubmed

    code = (
        add_from_pubmed(pubmed, most, collection, offline, as_json)
        if pubmed
        else add_files(paths or [], collection, offline, as_json)
    )
    if code:
        raise typer.Exit(code)


@app.command()
def note(
    words: Annotated[
        list[str], typer.Argument(metavar="TEXT", help="What you want to keep; - reads it from standard input.")
    ],
    title: Annotated[
        str, typer.Option("--title", metavar="T", help="Its title; its first words if absent.", show_default=False)
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """Add a note of your own; it is cited as such."""
    from .library_adding import add_note

    add_note(" ".join(words) if words != ["-"] else sys.stdin.read(), title, as_json)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(metavar="QUERY", help="A question, or words to look for.")],
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=100, help="How many passages.")] = 5,
    documents: Annotated[bool, typer.Option("--documents", help="Only the best passage of each document.")] = False,
    from_year: Annotated[
        int | None, typer.Option("--from-year", metavar="Y", help="Published in this year or later.")
    ] = None,
    to_year: Annotated[
        int | None, typer.Option("--to-year", metavar="Y", help="Published in this year or earlier.")
    ] = None,
    author: Annotated[
        str,
        typer.Option(
            "--author", metavar="NAME", help="Only of this author: family name, or with initials.", show_default=False
        ),
    ] = "",
    journal: Annotated[
        str, typer.Option("--journal", metavar="NAME", help="Only journals whose name holds this.", show_default=False)
    ] = "",
    publication_type: Annotated[
        str,
        typer.Option("--type", metavar="TYPE", help="Only this publication type, such as review.", show_default=False),
    ] = "",
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="NAME", help="Only this collection.", show_default=False)
    ] = None,
    retracted: Annotated[
        Retracted, typer.Option("--retracted", metavar="HOW", help="Retracted articles: marked, left_out or only.")
    ] = Retracted.marked,
    diverse: Annotated[
        bool, typer.Option("--diverse", help="Prefer passages that say something else than those before them.")
    ] = False,
    as_json: _AsJson = False,
    offline: _Offline = False,
) -> None:
    """Find passages, best first, by meaning and by words."""
    from ...memory.library.retrieval import Query
    from .library_looking import search_and_show

    query = Query(
        text=" ".join(words),
        most=most,
        documents=documents,
        from_year=from_year,
        to_year=to_year,
        author=author,
        journal=journal,
        publication_type=publication_type,
        collection=collection,
        retracted=retracted.value,
        diverse=diverse,
    )
    code = search_and_show(query, as_json, offline)
    if code:
        raise typer.Exit(code)


@app.command("list")
def list_documents(
    collection: Annotated[
        str | None, typer.Option("--collection", metavar="NAME", help="Only this collection.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the documents in the order in which they were added."""
    from .library_looking import list_and_show

    list_and_show(collection, as_json)


@app.command()
def show(
    name: Annotated[
        str, typer.Argument(metavar="ID", help="Id of a document or passage, a PMID, PMCID, DOI or title.")
    ],
    quote: Annotated[
        str,
        typer.Option(
            "--quote", metavar="TEXT", help="Find these words in it, and show where they stand.", show_default=False
        ),
    ] = "",
    as_json: _AsJson = False,
) -> None:
    """Show a document, or a passage where it stands."""
    from .library_looking import show_one

    sys.stdout.write(show_one(name, quote, as_json))


@app.command()
def remove(
    names: Annotated[
        list[str], typer.Argument(metavar="ID", help="Ids of documents, or their PMIDs, PMCIDs, DOIs or titles.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Remove documents; the files that they came from stay."""
    from .library_keeping import remove_documents

    remove_documents(names, yes)


@app.command()
def stats(as_json: _AsJson = False) -> None:
    """Show what the library holds, its model, its index and its size."""
    from .library_keeping import show_state

    show_state(as_json)


@app.command()
def reindex(offline: _Offline = False) -> None:
    """Make missing vectors, or those of another model, and the index."""
    from .library_keeping import reindex_all

    reindex_all(offline)


@app.command()
def check(
    read: Annotated[bool, typer.Option("--read", help="Also read every file again, and compare its text.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Check that every passage stands where the library says."""
    from .library_keeping import check_all

    code = check_all(read, as_json)
    if code:
        raise typer.Exit(code)
