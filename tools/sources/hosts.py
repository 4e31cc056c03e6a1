"""The services that may be spoken to, and how: address, pace, age up to which a reply is used again, attribution.

Nothing else is ever contacted. A service can be pointed elsewhere (a mirror, a test server) by its base address only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["SERVICES", "Service"]

_DAY_S = 86_400.0


@dataclass(frozen=True)
class Service:
    """A live service.

    `per_second` and `at_once` bound this whole process. `max_age_s` is how old a kept reply may be and still stand in
    for a new one. `more_hosts` are hosts of the same service to which it redirects.
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
        """Host and port of the base address."""
        return urlsplit(self.base).netloc

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that a request or redirect of this service may go to."""
        return frozenset((self.host, *self.more_hosts))


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
        Service("rcsb", "RCSB PDB", "https://data.rcsb.org/rest/v1", "CC0 1.0", "RCSB Protein Data Bank", per_second=5),
        Service(
            "alphafold", "AlphaFold DB", "https://alphafold.ebi.ac.uk/api", "CC BY 4.0",
            "AlphaFold Protein Structure Database", per_second=5,
        ),
    )
}  # fmt: skip
"""Every service by its short name."""
