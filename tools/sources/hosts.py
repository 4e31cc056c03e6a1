"""The services that may be spoken to, and how: address, pace, age up to which a reply is used again, attribution.

Nothing else is ever contacted. A service can be pointed elsewhere (a mirror, a test server) by its base address only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ...memory.errors import InvalidSetting

__all__ = ["SERVICES", "Service", "address", "placed"]

_DAY_S = 86_400.0
_PORTS = {"http": 80, "https": 443}


def address(scheme: str, host: str, port: int | None) -> str:
    """Host in lower case, with its port where that is not the scheme's own."""
    host = f"[{host.lower()}]" if ":" in host else host.lower()
    return host if port in (None, _PORTS.get(scheme.lower())) else f"{host}:{port}"


@dataclass(frozen=True)
class Service:
    """A live service.

    `per_second` and `at_once` bound this whole process; services on one host also take turns. `max_age_s` is how old a
    kept reply may be and still stand in for a new one. `more_hosts` are hosts of the same service to which it redirects.
    """

    name: str
    title: str
    base: str
    licence: str
    attribution: str
    per_second: float
    at_once: int = 4
    max_age_s: float = 7 * _DAY_S
    more_hosts: tuple[str, ...] = ()
    release_header: str = ""
    """Reply header that names the data release, where the service sends one."""
    secret_parameters: frozenset[str] = frozenset()
    """Query parameters that must not be shown, logged or kept."""

    @property
    def host(self) -> str:
        """Host of the base address in lower case, with its port where that is not the scheme's own."""
        parts = urlsplit(self.base)
        return address(parts.scheme, parts.hostname or "", parts.port)

    @property
    def secure(self) -> bool:
        """Whether it is spoken to over TLS only."""
        return urlsplit(self.base).scheme == "https"

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that a request or redirect of this service may go to."""
        return frozenset((self.host, *self.more_hosts))

    @property
    def key(self) -> str:
        """Name and place: two of the same name at different addresses are two."""
        return f"{self.name} at {self.host}"


# Pace: what a service publishes, else what its users are advised to keep to.
SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        Service(
            "chembl", "ChEMBL", "https://www.ebi.ac.uk/chembl/api/data", "CC BY-SA 3.0",
            "ChEMBL, European Bioinformatics Institute", per_second=5, max_age_s=30 * _DAY_S,
        ),
        Service(
            "uniprot", "UniProt", "https://rest.uniprot.org", "CC BY 4.0", "The UniProt Consortium",
            per_second=5, release_header="x-uniprot-release", max_age_s=30 * _DAY_S,
        ),
        Service(
            "europepmc", "Europe PMC", "https://www.ebi.ac.uk/europepmc/webservices/rest", "each article's own",
            "Europe PMC", per_second=5,
        ),
        Service(
            "eutils", "PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "each record's own",
            "National Library of Medicine", per_second=3, at_once=3, secret_parameters=frozenset(("api_key", "email")),
        ),
        Service(
            "opentargets", "Open Targets", "https://api.platform.opentargets.org/api/v4/graphql", "CC0 1.0",
            "Open Targets Platform", per_second=5,
        ),
        Service("hgnc", "HGNC", "https://rest.genenames.org", "CC0 1.0", "HUGO Gene Nomenclature Committee", per_second=8),
        Service(
            "pubchem", "PubChem", "https://pubchem.ncbi.nlm.nih.gov/rest/pug", "public domain",
            "PubChem, National Library of Medicine", per_second=4,
        ),
        Service(
            "clinicaltrials", "ClinicalTrials.gov", "https://clinicaltrials.gov/api/v2", "public domain",
            "ClinicalTrials.gov, National Library of Medicine", per_second=2, max_age_s=_DAY_S,
        ),
        Service("string", "STRING", "https://string-db.org/api", "CC BY 4.0", "STRING Consortium", per_second=1, at_once=1),
        Service("reactome", "Reactome", "https://reactome.org/ContentService", "CC BY 4.0", "Reactome", per_second=4),
        Service("rcsb", "RCSB PDB", "https://data.rcsb.org", "CC0 1.0", "RCSB Protein Data Bank", per_second=5),
        Service(
            "rcsb_search", "RCSB PDB search", "https://search.rcsb.org/rcsbsearch/v2", "CC0 1.0",
            "RCSB Protein Data Bank", per_second=5,
        ),
        Service(
            "alphafold", "AlphaFold DB", "https://alphafold.ebi.ac.uk/api", "CC BY 4.0",
            "AlphaFold Protein Structure Database", per_second=5,
        ),
    )
}  # fmt: skip
"""Every service by its short name."""


def placed(name: str, base: str = "", per_second: float | None = None) -> Service:
    """A service at another base address, for a mirror or a test server, or at another pace, as with a key.

    Raises:
        InvalidSetting: no such service, or nothing that can be its address or pace.
    """
    if name not in SERVICES:
        raise InvalidSetting(f"No source is called {name!r}.", f"There are {', '.join(SERVICES)}.")
    service = SERVICES[name]
    if per_second is not None:
        if not 0 < per_second <= 1_000:
            raise InvalidSetting(f"{service.title} cannot be asked {per_second:g} times a second.", "Give 0.1 to 1000.")
        service = replace(service, per_second=per_second)
    if not base:
        return service
    try:
        parts = urlsplit(base)
        whole = bool(parts.scheme in _PORTS and parts.hostname and parts.port != 0)
    except ValueError:
        whole = False
    if not whole or parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InvalidSetting(
            f"The base address given for {service.title} is none.",
            "It is like https://mirror.example.org/api, without user, password, query and fragment.",
        )
    return replace(service, base=base.rstrip("/"), more_hosts=())
