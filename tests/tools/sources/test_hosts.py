from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from biocopilot.memory.errors import InvalidSetting
from biocopilot.tools.sources.hosts import SERVICES, Service, placed
from biocopilot.tools.sources.transport import Transport


@pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)
def test_every_service_is_reached_over_tls_and_says_whose_it_is(service: Service) -> None:
    assert service.secure
    assert urlsplit(service.base).hostname == service.host
    assert not service.base.endswith("/")
    assert service.title
    assert service.licence
    assert service.attribution
    assert 0 < service.per_second <= 10
    assert 0 < service.at_once <= 5
    assert SERVICES[service.name] is service


def test_pubmed_is_asked_as_its_terms_say() -> None:
    assert SERVICES["eutils"].per_second <= 3
    assert {"api_key", "email"} <= SERVICES["eutils"].secret_parameters


@pytest.mark.parametrize(
    ("base", "host"),
    [
        ("https://Mirror.Example.org/api/", "mirror.example.org"),
        ("https://mirror.example.org:443/api", "mirror.example.org"),
        ("http://mirror.example.org:80", "mirror.example.org"),
        ("http://mirror.example.org:443", "mirror.example.org:443"),
        ("http://[::1]:8080/x", "[::1]:8080"),
        ("HTTPS://[FE80::1]", "[fe80::1]"),
    ],
)
def test_a_service_can_lie_elsewhere(base: str, host: str) -> None:
    service = placed("hgnc", base)
    assert service.host == host
    assert service.hosts == {host}
    assert not service.base.endswith("/")
    assert service.key != SERVICES["hgnc"].key
    assert replace(service, base=SERVICES["hgnc"].base) == SERVICES["hgnc"]


@pytest.mark.parametrize(
    "base",
    ["mirror.example.org", "ftp://mirror.example.org", "file:///x", "https://", "https:///x", "https://me:pw@mirror.example.org", "https://@mirror.example.org", "https://mirror.example.org?x=1", "https://mirror.example.org#x", "https://mirror.example.org:port", "https://mirror.example.org:99999", "https://[::1", "  "],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(base: str) -> None:
    with pytest.raises(InvalidSetting, match="The base address given for HGNC is none") as caught:
        Transport(bases={"hgnc": base})
    assert "pw" not in str(caught.value)


def test_an_unknown_service_is_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidSetting, match=r"No source is called 'chemble'.*chembl, uniprot"):
        Transport(bases={"chemble": "https://mirror.example.org"})


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), 5_000])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InvalidSetting, match="times a second"):
        Transport(per_second={"eutils": rate})


def test_a_rate_may_be_raised_by_a_key() -> None:
    transport = Transport(per_second={"eutils": 10})
    assert transport.service("eutils").per_second == 10
    assert transport.service("eutils").base == SERVICES["eutils"].base
    assert transport.service("chembl") is SERVICES["chembl"]
