"""A predicted structure, as a frozen record made from AlphaFold DB's JSON. Its links are data: nothing here opens them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..node import Node

__all__ = ["Model", "read_model"]

_FILES = "alphafold.ebi.ac.uk"
_LINKS = {"cif": "cifUrl", "pdb": "pdbUrl", "predicted_aligned_error": "paeDocUrl"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class Model:
    """A model of a protein, or of a part of it where the protein is long.

    `mean_plddt` is the mean over residues of the predicted local distance difference test, 0 to 100; under 50 a
    residue's position says little.
    """

    model_id: str
    accession: str
    version: int | None
    created: str | None
    first_residue: int | None
    last_residue: int | None
    mean_plddt: float | None
    fraction_very_high: float | None
    """Of residues with a pLDDT over 90."""
    links: dict[str, str] = field(hash=False, default_factory=dict)

    @property
    def url(self) -> str:
        """Where a person sees it."""
        return f"https://{_FILES}/entry/{self.accession}"


def read_model(node: Node) -> Model:
    """A model. Raises BadReply where its id or accession is missing, or a measure is out of its range."""
    created = _DATE.match(node.text("modelCreatedDate") or "")
    links = {name: node.text(key) for name, key in _LINKS.items()}
    return Model(
        model_id=node.text("modelEntityId") or node.needed("entryId"),
        accession=node.needed("uniprotAccession"),
        version=node.whole("latestVersion"),
        created=created.group() if created else None,
        first_residue=node.whole("uniprotStart")
        if node.at("sequenceStart").value is None
        else node.whole("sequenceStart"),
        last_residue=node.whole("uniprotEnd") if node.at("sequenceEnd").value is None else node.whole("sequenceEnd"),
        mean_plddt=_between(node, "globalMetricValue", 100),
        fraction_very_high=_between(node, "fractionPlddtVeryHigh", 1),
        links={name: link for name, link in links.items() if link and _of_the_service(link)},
    )


def _between(node: Node, name: str, most: float) -> float | None:
    value = node.number(name)
    if value is not None and not 0 <= value <= most:
        raise node.at(name).wrong(f"from 0 to {most:g}")
    return value


def _of_the_service(link: str) -> bool:
    """Whether it leads to the service's own files over TLS."""
    try:
        parts = urlsplit(link)
        return (parts.scheme, parts.netloc) == ("https", _FILES)
    except ValueError:
        return False
