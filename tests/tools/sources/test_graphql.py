"""GraphQL over the transport: variables apart from the query, errors with status 200, and what is kept under which key."""

from __future__ import annotations

from typing import Any

import pytest
from biocopilot.memory.errors import BadReply, OfflineRefused
from biocopilot.tools.sources.graphql import graphql_request

QUERY = """
query Target($id: String!) {
  target(ensemblId: $id) { id }
}
"""


async def ask(transport: Any, **variables: Any) -> Any:
    async with transport.session() as session:
        return await session.fetch(
            graphql_request("opentargets", "Open Targets", QUERY, variables, lambda root: root.at("data").text("said"))
        )


async def test_the_query_is_posted_as_json_with_its_variables(faulty: Any, transport: Any) -> None:
    faulty.serve("/opentargets", {"data": {"target": None}})
    reply = await ask(transport, id='x") { evil }')
    assert reply.value == {"data": {"target": None}}
    (heard,) = faulty.heard
    assert (heard.method, heard.headers["content-type"]) == ("POST", "application/json")
    assert heard.json == {
        "query": "query Target($id: String!) { target(ensemblId: $id) { id } }",
        "variables": {"id": 'x") { evil }'},
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"errors": [{"message": "Cannot query field 'knownDrugs'\u001b[31m"}]}, "Cannot query field 'knownDrugs'"),
        ({"data": {"target": {"id": "x"}}, "errors": [{"message": "timed out"}, {}]}, "timed out; it does not say why"),
        ({"data": None, "errors": "broken"}, "broken"),
        ({"data": None, "errors": [None]}, "does not say why"),
        ({"data": None}, "no data in it"),
        ({"data": []}, "no data in it"),
        ([], "no data in it"),
        ({"data": {"said": 1}}, "data.said is not text"),
    ],
)
async def test_errors_with_status_200_are_no_data(faulty: Any, caching_transport: Any, body: Any, said: str) -> None:
    faulty.serve("/opentargets", body, {"data": {"target": None}})
    with pytest.raises(BadReply, match=said) as caught:
        await ask(caching_transport, id="a")
    assert "Open Targets" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert (await ask(caching_transport, id="a")).backend == "live"  # the error was not kept


async def test_replies_are_kept_by_query_and_variables(faulty: Any, make_transport: Any, tmp_path: Any) -> None:
    from biocopilot.memory.response_cache import ResponseCache

    faulty.serve("/opentargets", lambda heard: {"data": {"of": heard.json["variables"]}})
    online = make_transport(cache=ResponseCache(tmp_path / "a.sqlite"))
    for name in ("a", "b", "a"):
        assert (await ask(online, id=name)).value == {"data": {"of": {"id": name}}}
    assert faulty.count() == 2
    offline = make_transport(cache=ResponseCache(tmp_path / "a.sqlite"), offline=True)
    assert (await ask(offline, id="b")).value == {"data": {"of": {"id": "b"}}}
    with pytest.raises(OfflineRefused):
        await ask(offline, id="c")
    assert faulty.count() == 2
