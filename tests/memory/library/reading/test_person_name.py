"""Names of authors as PubMed writes them."""

from __future__ import annotations

import pytest
from biocopilot.memory.library.reading.person_name import person


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Lee, Min S.", "Lee MS"), ("Lee MS", "Lee MS"), ("Min S. Lee", "Lee MS"), ("Lee, M.-S.", "Lee MS"), ("Lee, MS", "Lee MS"),
        ("Liu R.", "Liu R"), ("Adler D.G.", "Adler DG"), ("D. G. Adler", "Adler DG"), ("LI W", "LI W"), ("J. W. LEE", "LEE JW"),
        ("van der Berg, Jan", "van der Berg J"), ("Jan van der Berg", "van der Berg J"), ("de Bree R", "de Bree R"),
        ("Phillips, A.J., Jr.", "Phillips AJ Jr"), ("Smith J Jr", "Smith J Jr"), ("Çelik, Ö.", "Çelik Ö"), ("Cocke", "Cocke"),
        ("O'Neill, Pat", "O'Neill P"),
    ],
)  # fmt: skip
def test_persons(written: str, name: str) -> None:
    author = person(written)
    assert author is not None
    assert (author.name, author.collective) == (name, False)


@pytest.mark.parametrize("written", ["World Health Organization,", "The X Consortium", "Society for Neuroscience"])
def test_groups_keep_their_names(written: str) -> None:
    author = person(written)
    assert author is not None
    assert (author.name, author.collective) == (written.rstrip(","), True)


@pytest.mark.parametrize("written", ["", " ; ", "123", ", "])
def test_what_is_no_name_is_none(written: str) -> None:
    assert person(written) is None
