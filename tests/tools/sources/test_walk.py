"""The walk through pages by itself: any total, size, bound and faults, in whatever combination, without a server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from biocopilot.memory.errors import SourceUnavailable
from biocopilot.tools.sources.found import Found
from biocopilot.tools.sources.hosts import SERVICES
from biocopilot.tools.sources.request import Backend, Reply
from biocopilot.tools.sources.walk import Page, Place, found_in, stop_notice, walk_pages
from hypothesis import given, settings
from hypothesis import strategies as st

SERVICE = SERVICES["clinicaltrials"]
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def reply(backend: Backend = "live", at: datetime = DAY) -> Reply:
    return Reply("clinicaltrials", "", 200, {}, b"", "https://clinicaltrials.gov/x", backend, at)


@dataclass
class Pages:
    """Gives pages of rows 0 … total-1, some of them wrong in a way that is drawn."""

    total: int
    size: int
    faults: dict[int, str] = field(default_factory=dict)
    backend: Backend = "live"
    asked: list[tuple[int, bool]] = field(default_factory=list)

    async def __call__(self, place: Place | None, anew: bool) -> Page[int]:
        page = int(place or 0)
        self.asked.append((page, anew))
        fault = self.faults.get(page, "")
        if fault == "gone":
            raise SourceUnavailable("It does not answer.")
        rows = list(range(page * self.size, min(self.total, (page + 1) * self.size)))
        following: int | None = {"repeat": page, "back": max(0, page - 1), "skip": page + 2}.get(fault, page + 1)
        if (page + 1) * self.size >= self.total or fault == "end":
            following = None
        total: int | None = self.total + (fault == "drift")
        unreadable = 0
        match fault:
            case "cut":
                rows = rows[:-1]
            case "twice":
                rows = rows + rows[:1]
            case "earlier":
                rows = [0, *rows[1:]] if rows else []
            case "silent":
                total = None
            case "empty":
                rows = []
            case "garbled":
                rows, unreadable = rows[1:], min(1, len(rows))
        release = "2" if fault == "release" else "1"
        made = reply("live" if anew else self.backend)
        return Page(tuple(rows), made, total, following, release, unreadable)


def walk(pages: Pages, most: int = 1_000) -> Found[int]:
    return asyncio.run(walk_pages(SERVICE, pages, lambda row: row, most))


KINDS = ("gone", "drift", "repeat", "back", "skip", "end", "cut", "twice", "earlier", "silent", "empty", "garbled", "release")  # fmt: skip


@given(
    total=st.integers(0, 40),
    size=st.integers(1, 12),
    most=st.integers(1, 60),
    faults=st.dictionaries(st.integers(0, 12), st.sampled_from(KINDS), max_size=3),
)
@settings(max_examples=400, deadline=None)
def test_every_row_comes_once_or_the_result_says_that_it_is_not_whole(
    total: int, size: int, most: int, faults: dict[int, str]
) -> None:
    pages = Pages(total, size, faults)
    try:
        found = walk(pages, most)
    except SourceUnavailable:
        assert faults.get(0) == "gone"
        return
    assert len(found.rows) == len(set(found.rows)) <= most
    assert set(found.rows) <= set(range(total))
    assert len(pages.asked) <= total + 3
    if found.complete:
        assert sorted(found.rows) == list(range(total))  # a walk to and fro may give them in another order
        assert found.total == total
        assert found.notices == ()
    else:
        assert found.notices
    if not faults and most >= total:
        assert found.complete
    if not faults and most < total:
        assert found.notices == (stop_notice("ClinicalTrials.gov", total, most),)
        assert found.rows == tuple(range(most))


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({1: "gone"}, "Page 2 did not come: It does not answer."),
        ({1: "drift"}, "count changed from 9 to 10 meanwhile"),
        ({1: "repeat"}, "led to the same page twice"),
        ({0: "skip"}, "has 9 of these; 6 came"),
        ({1: "cut"}, "has 9 of these; 8 came"),
        ({1: "twice"}, "1 rows of ClinicalTrials.gov came more than once"),
        ({1: "empty"}, "gave an empty page before the last one"),
        ({1: "garbled"}, "1 rows of ClinicalTrials.gov could not be read"),
        ({1: "release"}, "went from release 1 to 2 meanwhile"),
        ({0: "silent", 1: "silent", 2: "silent"}, "did not say how many there are"),
    ],
)
def test_each_fault_has_its_sentence(faults: dict[int, str], said: str) -> None:
    found = walk(Pages(9, 3, faults))
    assert not found.complete
    assert any(said in notice for notice in found.notices), found.notices


def test_more_rows_than_counted_are_said() -> None:
    async def fetch(place: Place | None, anew: bool) -> Page[int]:
        return Page((1, 2, 3), reply(), 2)

    found = asyncio.run(walk_pages(SERVICE, fetch, lambda row: row, 10))
    assert (found.complete, found.notices) == (False, ("ClinicalTrials.gov counts 2 of these, but 3 came.",))


def test_a_bound_without_a_count_is_said() -> None:
    found = walk(Pages(9, 3, dict.fromkeys(range(3), "silent")), 4)
    assert found.notices[-1] == "Asking ClinicalTrials.gov was stopped at 4."


def test_kept_pages_that_do_not_add_up_are_asked_for_anew() -> None:
    pages = Pages(9, 3, {1: "cut"}, backend="cache")
    assert walk(pages).backend == "live"
    assert [anew for _, anew in pages.asked] == [False] * 3 + [True] * 3
    whole = Pages(9, 3, backend="cache")
    assert (walk(whole).backend, len(whole.asked)) == ("cache", 3)


def test_kept_pages_stay_where_new_ones_do_not_come() -> None:
    class Down(Pages):
        async def __call__(self, place: Place | None, anew: bool) -> Page[int]:
            if anew:
                raise SourceUnavailable("It does not answer.")
            return await super().__call__(place, anew)

    found = walk(Down(9, 3, {1: "cut"}, backend="cache"))
    assert (len(found.rows), found.complete, found.backend) == (8, False, "cache")
    assert found.notices[-1] == "These are kept replies: It does not answer."


def test_a_result_is_as_old_as_its_oldest_reply_and_kept_where_any_is() -> None:
    found = found_in(SERVICE, (1,), (reply(at=DAY), reply("cache", DAY - timedelta(days=3))), 1, release="7")
    assert (found.retrieved_at, found.backend) == (DAY - timedelta(days=3), "cache")
    assert (found.source.release, found.source.attribution) == (
        "7",
        "ClinicalTrials.gov, National Library of Medicine, release 7",
    )
