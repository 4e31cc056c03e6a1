from __future__ import annotations

from datetime import UTC, datetime

import pytest
from biocopilot.tools.sources.found import Found, source_of
from biocopilot.tools.sources.hosts import SERVICES
from biocopilot.tools.sources.transport import Reply

UNIPROT = SERVICES["uniprot"]


def reply(release: str) -> Reply:
    url = f"{UNIPROT.base}/{release}"
    return Reply("uniprot", "GET /x", 200, {}, b"{}", url, "live", datetime(2026, 5, 1, tzinfo=UTC), release=release)


@pytest.mark.parametrize(
    ("releases", "given", "named"),
    [
        ([], "", "not stated"),
        ([""], "", "not stated"),
        (["2026_02", "2026_02", ""], "", "2026_02"),
        (["2026_02", "2026_03"], "", "2026_02 and 2026_03"),
        (["2026_02"], "36", "36"),
    ],
)
def test_a_source_names_every_release_that_its_replies_are_from(releases: list[str], given: str, named: str) -> None:
    source = source_of(UNIPROT, [reply(release) for release in releases], given)
    assert source.release == named
    assert source.name == "UniProt"
    assert source.licence == UNIPROT.licence
    assert source.attribution.startswith(UNIPROT.attribution)
    assert (named in source.attribution) == (named != "not stated")
    assert source.url == (reply(releases[0]).url if releases else UNIPROT.base)


def test_what_was_found_keeps_its_count_when_rows_are_changed() -> None:
    found = Found((1, 2), source_of(UNIPROT, []), "live", datetime(2026, 5, 1, tzinfo=UTC), 5, False, ("cut",))
    changed = found.of(str).noting("more")
    assert changed.rows == ("1", "2")
    assert (changed.total, changed.complete, changed.notices) == (5, False, ("cut", "more"))
    assert found.notices == ("cut",)
