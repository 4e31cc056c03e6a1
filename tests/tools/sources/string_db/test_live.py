"""STRING over real sockets: protein, partners, version, and everything that goes wrong."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import (
    BadReply,
    InvalidArguments,
    InvalidIdentifier,
    NotFound,
    OfflineRefused,
    RateLimited,
    SourceUnavailable,
)
from biocopilot.tools.sources.hosts import SERVICES
from biocopilot.tools.sources.string_db import MOST_PARTNERS, StringLive

ID = "9606.ENSP00000275493"
CALLS = {"protein": lambda live: live.protein("P00533"), "partners": lambda live: live.partners(ID)}
PATHS = {"protein": "/string/json/get_string_ids", "partners": "/string/json/interaction_partners"}


async def test_a_protein_is_found_by_its_accession(string: Any, live: StringLive) -> None:
    found = await live.protein("p00533-2")
    assert (found.rows[0].string_id, found.rows[0].name, found.total) == (ID, "EGFR", 1)
    assert (found.source.name, found.source.release, found.source.licence) == ("STRING", "12.0", "CC BY 4.0")


async def test_all_partners_above_the_score_come_likeliest_first(string: Any, live: StringLive, link: Any) -> None:
    string.links = [link(1, 0.5), link(2, 0.95), link(3, 0.3), link(4, 0.71)]
    found = await live.partners(ID, 0.5)
    assert [row.name for row in found.rows] == ["GENE2", "GENE4", "GENE1"]
    assert (found.total, found.complete, found.notices) == (3, True, ())
    assert found.rows[0].channels["dscore"] == 0.5
    asked = string.faulty.heard[-1].query
    assert asked == {
        "identifiers": ID,
        "required_score": "500",
        "network_type": "functional",
        "limit": str(MOST_PARTNERS),
        "species": "9606",
        "caller_identity": "biocopilot",
    }


async def test_only_physical_links_are_asked_for_where_wished(string: Any, live: StringLive) -> None:
    found = await live.partners(ID, 0.7, "physical")
    assert (found.rows, found.total, found.complete) == ((), 0, True)
    assert string.faulty.heard[-1].query["network_type"] == "physical"


async def test_doubled_and_unreadable_links_are_told(string: Any, live: StringLive, link: Any) -> None:
    string.links = [link(1), link(1), link(2, stringId_B="x")]
    found = await live.partners(ID)
    assert (len(found.rows), found.total, found.complete) == (1, 2, False)
    assert "1 links could not be read" in found.notices[0]
    assert "1 partners twice" in found.notices[1]


async def test_as_many_as_were_asked_for_may_not_be_all(string: Any, live: StringLive, link: Any) -> None:
    string.links = [link(number) for number in range(MOST_PARTNERS)]
    found = await live.partners(ID)
    assert (len(found.rows), found.total, found.complete) == (MOST_PARTNERS, None, False)
    assert "there may be more" in found.notices[0]


@pytest.mark.parametrize("reply", ["absent", "nothing"])
async def test_what_is_not_there_is_not_found(string: Any, live: StringLive, reply: str) -> None:
    if reply == "absent":
        string.faulty.serve(PATHS["protein"], string.absent())
    with pytest.raises(NotFound, match="STRING has no human protein Q9Y6K9"):
        await live.protein("Q9Y6K9")


async def test_what_has_not_the_shape_is_not_sent(string: Any, live: StringLive) -> None:
    for wrong in ("EGFR%0dTP53", "", "P0053"):
        with pytest.raises(InvalidIdentifier):
            await live.protein(wrong)
    for wrong in ("EGFR", "10090.ENSMUSP00000020329", f"{ID}%0dx"):
        with pytest.raises(InvalidIdentifier):
            await live.partners(wrong)
    with pytest.raises(InvalidArguments):
        await live.partners(ID, 400)
    assert string.faulty.count() == 0


async def test_kept_replies_of_another_version_do_not_stand_in(string: Any, caching_transport: Any, link: Any) -> None:
    string.links = [link(1)]
    backends = []
    for version in ("12.0", "12.0", "12.5"):
        string.version = version
        async with caching_transport.session() as session:
            found = await StringLive(session).partners(ID)
        backends.append((found.backend, found.source.release))
    assert backends == [("live", "12.0"), ("cache", "12.0"), ("live", "12.5")]


async def test_offline_opens_no_connection_and_kept_replies_answer(
    string: Any, make_transport: Any, caching_transport: Any
) -> None:
    async with caching_transport.session() as session:
        await StringLive(session).protein("P00533")
    asked = string.faulty.count()
    async with make_transport(offline=True, cache=caching_transport.cache).session() as session:
        assert (await StringLive(session).protein("P00533")).source.release == "12.0"
        with pytest.raises(OfflineRefused):
            await StringLive(session).partners(ID)
    assert string.faulty.count() == asked


def test_the_pace_is_what_string_asks_for() -> None:
    assert (SERVICES["string"].per_second, SERVICES["string"].at_once) == (1, 1)


FAULTS = {
    "error with 200": (lambda s: s.answer([{"Error": "input", "ErrorMessage": "too many"}]), BadReply, "input: too many", 1),
    "error with 400": (lambda s: s.answer({"Error": "bad", "ErrorMessage": "x"}, 400), BadReply, r"\(400\)", 1),
    "not found with 200": (lambda s: s.answer([{"Error": "not found", "ErrorMessage": "x"}]), NotFound, "no human", 1),
    "503": (lambda s: s.answer("down", 503), SourceUnavailable, "answered 503", 4),
    "429": (lambda s: s.answer("slow down", 429), RateLimited, "answered 429", 4),
    "web page": (lambda s: s.answer("<!DOCTYPE html><html>down</html>"), BadReply, "web page", 2),
    "cut": (lambda s: s.answer(b'[{"stringId_A": "9606'), BadReply, "not whole", 2),
    "empty": (lambda s: s.answer(b""), BadReply, "empty", 2),
    "an object": (lambda s: s.answer({}), BadReply, "no list", 1),
    "null": (lambda s: s.answer(b"null"), BadReply, "no list", 1),
    "not a number": (lambda s: s.answer(b'[{"score": NaN}]'), BadReply, "no JSON", 2),
    "reset": (lambda s: lambda heard: heard.reset(), SourceUnavailable, "broken off", 4),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("asked", CALLS)
async def test_what_is_no_answer_is_an_error(string: Any, live: StringLive, asked: str, fault: str) -> None:
    make, error, said, attempts = FAULTS[fault]
    string.faulty.serve(PATHS[asked], make(string))
    with pytest.raises(error, match=said):
        await CALLS[asked](live)
    assert string.faulty.count(PATHS[asked]) == attempts


async def test_without_a_version_partners_still_come(string: Any, live: StringLive, link: Any) -> None:
    string.faulty.serve("/string/json/version", [])
    string.links = [link(1)]
    found = await live.partners(ID)
    assert (found.source.release, len(found.rows)) == ("not stated", 1)
    assert "did not say which release" in live.session.notices[0]
