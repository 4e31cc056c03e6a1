"""Pages joined give every row once, or a partial list that says so: for any total, page size, change and concurrent use."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, RateLimited, SourceUnavailable
from biocopilot.tools.sources.chembl.listing import Listed, read_pages
from biocopilot.tools.sources.chembl.official import is_installed, read_officially
from biocopilot.tools.sources.chembl.questions import ACTIVITY, MOLECULE, SIMILARITY, Question, page_request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Read = Callable[..., Awaitable[Listed]]
READERS = [read_pages, *([read_officially] if is_installed() else [])]


def activities(*numbers: int) -> list[dict[str, Any]]:
    return [{"activity_id": number, "standard_type": f"T{number % 3}"} for number in numbers]


def molecules(*numbers: int) -> list[dict[str, Any]]:
    return [{"molecule_chembl_id": f"CHEMBL{number:09}", "molecule_type": f"T{number % 3}"} for number in numbers]


def ask(transport: Any, read: Read, question: Question, page: int) -> Listed:
    async def run() -> Listed:
        async with transport.session() as session:
            return await read(question, session.fetch, "ChEMBL_36", page)

    return asyncio.run(run())


def keys(listed: Listed) -> list[Any]:
    return [row.get("activity_id") or row["molecule_chembl_id"] for row in listed.rows]


# The property -------------------------------------------------------------------------------------------------------

anything = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
numbers = st.sets(st.integers(1, 200), max_size=40)
sizes = st.integers(1, 12)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(found=numbers, page=sizes, cap=sizes)
@anything
def test_pages_joined_give_every_row_once_or_say_so(
    serve: Any, fast: Any, read: Read, found: set[int], page: int, cap: int
) -> None:
    service = serve({"activity": activities(*found), "molecule": molecules(*found)})
    service.page_cap = cap
    for resource, rows in ((ACTIVITY, activities(*sorted(found))), (MOLECULE, molecules(*sorted(found)))):
        listed = ask(fast, read, Question(resource), page)
        came = keys(listed)
        assert len(set(came)) == len(came)
        assert listed.complete == (list(listed.rows) == rows)
        assert listed.complete or listed.notices
        if read is read_pages and (resource.keyset or min(page, cap) > 1):
            assert listed.complete


@pytest.mark.parametrize("resource", [ACTIVITY, MOLECULE], ids=lambda resource: resource.name)
@given(
    found=st.sets(st.integers(1, 200), min_size=2, max_size=40),
    page=st.integers(2, 12),
    gone=st.integers(0, 39) | st.none(),
    new=st.integers(1, 200) | st.none(),
    moment=st.integers(1, 4),
)
@anything
def test_a_list_that_changes_on_the_way_is_one_of_its_states_or_says_so(
    serve: Any, fast: Any, resource: Any, found: set[int], page: int, gone: int | None, new: int | None, moment: int
) -> None:
    after = set(found)
    if gone is not None:
        after.discard(sorted(found)[gone % len(found)])
    if new is not None:
        after.add(new)
    make = activities if resource is ACTIVITY else molecules
    service = serve({resource.name: make(*found)})

    def change(name: str, number: int) -> None:
        if number == moment:
            service.objects[name] = make(*after)

    service.before = change
    listed = ask(fast, read_pages, Question(resource), page)
    came = list(listed.rows)
    assert len({str(row) for row in came}) == len(came)
    if listed.complete:
        assert came in (make(*sorted(found)), make(*sorted(after)))
    else:
        assert listed.notices


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(found=numbers, page=st.integers(2, 12), at_once=st.integers(2, 6))
@anything
def test_lists_read_side_by_side_do_not_mix(
    serve: Any, fast: Any, read: Read, found: set[int], page: int, at_once: int
) -> None:
    serve({"activity": activities(*found)})

    async def run() -> list[Listed]:
        async with fast.session() as session:
            questions = [Question(ACTIVITY, {"standard_type": f"T{number % 3}"}) for number in range(at_once)]
            return await asyncio.gather(*(read(question, session.fetch, "", page) for question in questions))

    for number, listed in enumerate(asyncio.run(run())):
        assert listed.complete
        assert keys(listed) == sorted(one for one in found if one % 3 == number % 3)


def test_a_row_that_goes_while_another_comes_is_lost_by_position_and_seen_by_the_pager(serve: Any, fast: Any) -> None:
    pytest.importorskip("chembl_webresource_client")
    before, after = range(1, 11), range(2, 12)  # the first goes, one comes at the end: as many as before

    def shifting() -> Any:
        service = serve({"molecule": molecules(*before)})
        service.before = lambda name, number: service.objects.update(molecule=molecules(*(after if number else before)))
        return service

    shifting()
    lost = ask(fast, read_officially, Question(MOLECULE), 5)
    assert "CHEMBL000000006" not in keys(lost)
    assert lost.complete  # which is why long lists are not left to it
    shifting()
    assert not ask(fast, read_pages, Question(MOLECULE), 5).complete


# Replies that are no pages --------------------------------------------------------------------------------------------

META = {"limit": 2, "offset": 0, "next": None, "previous": None}


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize(
    "page",
    [
        {}, [], "null", {"error_message": "Sorry, this request could not be processed."}, {"activities": []},
        {"activities": [], "page_meta": {}}, {"activities": [], "page_meta": {"total_count": "9"}},
        {"activities": [], "page_meta": {"total_count": -1}}, {"activities": [], "page_meta": {"total_count": True}},
        {"activities": {}, "page_meta": {"total_count": 0}}, {"activities": [{}], "page_meta": {"total_count": 1}},
        {"activities": ["x"], "page_meta": {"total_count": 1}}, {"molecules": [], "page_meta": {"total_count": 0}},
        "<html><body>Down for maintenance</body></html>", b'{"activities": [{"activ', b"\xff\xfe", "",
    ],
    ids=lambda page: str(page)[:40],
)  # fmt: skip
def test_what_is_no_page_is_an_error_and_is_not_kept(
    faulty: Any, caching_transport: Any, read: Read, page: Any
) -> None:
    faulty.serve("/chembl/activity.json", page)
    with pytest.raises(BadReply):
        ask(caching_transport, read, Question(ACTIVITY), 2)
    faulty.serve("/chembl/activity.json", {"activities": [], "page_meta": {**META, "total_count": 0}})
    assert ask(caching_transport, read, Question(ACTIVITY), 2).complete


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize(
    ("resource", "make"), [(ACTIVITY, activities), (MOLECULE, molecules)], ids=["by key", "by place"]
)
def test_a_page_that_comes_again_and_again_ends_and_is_told(
    faulty: Any, fast: Any, read: Read, resource: Any, make: Any
) -> None:
    page = {resource.collection: make(1, 2), "page_meta": {**META, "total_count": 6}}
    faulty.serve(f"/chembl/{resource.name}.json", page)
    listed = ask(fast, read, Question(resource), 2)
    assert list(listed.rows) == make(1, 2)
    assert not listed.complete
    assert listed.notices
    assert faulty.count() <= 3


def test_rows_out_of_order_are_told(faulty: Any, fast: Any) -> None:
    faulty.serve("/chembl/activity.json", {"activities": activities(2, 1), "page_meta": {**META, "total_count": 2}})
    listed = ask(fast, read_pages, Question(ACTIVITY), 2)
    assert not listed.complete
    assert len(listed.rows) == 2


def test_a_count_that_no_rows_bear_out_is_told(faulty: Any, fast: Any) -> None:
    empty = {"activities": [], "page_meta": {**META, "total_count": 7}}
    faulty.serve("/chembl/activity.json", empty)
    listed = ask(fast, read_pages, Question(ACTIVITY), 2)
    assert (listed.rows, listed.total, listed.complete) == ((), 7, False)
    assert "0 rows came of 7" in listed.notices[0]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_reading_stops_at_the_most_and_says_so(serve: Any, fast: Any, read: Read) -> None:
    serve({"activity": activities(*range(1, 31))})
    listed = ask(fast, read, Question(ACTIVITY, most=7), 5)
    assert (len(listed.rows), listed.total, listed.complete) == (7, 30, False)
    assert "stopped at 7 of 30" in listed.notices[0]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimited), (503, SourceUnavailable), (500, SourceUnavailable), (400, BadReply)]
)
def test_statuses_are_the_transports_errors(
    faulty: Any, fast: Any, read: Read, status: int, error: type[Exception]
) -> None:
    faulty.serve("/chembl/activity.json", faulty.answer("no", status))
    with pytest.raises(error):
        ask(fast, read, Question(ACTIVITY), 2)


# Requests -------------------------------------------------------------------------------------------------------------


def test_a_question_becomes_a_request_of_a_fitting_kind() -> None:
    short = page_request(Question(MOLECULE, {"pref_name__iexact": "N-acetyl & more"}), {"limit": 5}, "ChEMBL_36")
    assert short.path == "/molecule.json?pref_name__iexact=N-acetyl+%26+more&limit=5"
    assert (short.body, short.release) == (None, "ChEMBL_36")
    long = page_request(Question(MOLECULE, {"molecule_chembl_id__in": ["CHEMBL25"] * 400}), {"limit": 5}, "")
    assert long.path == "/molecule.json"
    assert long.body[0][1][0] == "CHEMBL25"
    assert page_request(Question(MOLECULE, {"pref_name__iexact": "50%"}), {}, "").body == [
        ["pref_name__iexact", "50%25"]
    ]
    private = page_request(Question(SIMILARITY, {"smiles": "C#N"}), {}, "")
    assert (private.path, private.body) == ("/similarity.json", [["smiles", "C%23N"]])
