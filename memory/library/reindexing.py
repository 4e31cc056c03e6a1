"""Makes vectors anew: of passages that wait for one, or of all where the model is another one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .beginning import MODEL
from .catalogue import Catalogue
from .document import Part
from .ingest import Step
from .writing import WAITING, context_of, embedded_text

if TYPE_CHECKING:
    from .embedding.protocol import Embedder

__all__ = ["reindex"]

_AT_ONCE = 64


def reindex(catalogue: Catalogue, embedder: Embedder, model: str, report: Callable[[Step], None]) -> int:
    """Give every passage a vector of this model; how many were made.

    What was made stays when it is broken off: the fact says from the beginning which model the vectors are of, and those of the
    model before it are gone by then.
    """
    if catalogue.fact(MODEL) != model:
        with catalogue.write() as connection:
            connection.execute("DELETE FROM vector")
            connection.execute("DELETE FROM outbox WHERE action = 'add'")
            Catalogue.set_fact(connection, MODEL, model)
            Catalogue.set_fact(connection, WAITING, "1")
            Catalogue.changed(connection)
    query = "SELECT p.seq FROM passage p LEFT JOIN vector v USING (seq) WHERE v.seq IS NULL ORDER BY p.seq"
    waiting = [row[0] for row in catalogue.rows(query)]
    abouts = {row.id: row.about for row in catalogue.documents()}
    for start in range(0, len(waiting), _AT_ONCE):
        rows = list(catalogue.passages(waiting[start : start + _AT_ONCE]).values())
        texts = [
            embedded_text(context_of(abouts[row.document], Part("", "body", row.page, row.section)), row.text)
            for row in rows
        ]
        vectors = embedder.documents(texts)
        with catalogue.write() as connection:
            for row, vector in zip(rows, vectors, strict=True):
                connection.execute(
                    "INSERT OR REPLACE INTO vector VALUES (?, ?)", (row.seq, vector.astype("<f4").tobytes())
                )
                connection.execute("INSERT OR REPLACE INTO outbox VALUES (?, 'add')", (row.seq,))
            Catalogue.changed(connection)
        report(Step("vectors", start + len(rows), len(waiting), 0))
    with catalogue.write() as connection:
        Catalogue.set_fact(connection, WAITING, "")
    return len(waiting)
