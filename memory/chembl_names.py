"""What a ChEMBL dump calls molecules, targets and diseases: queries that give every name, for one name or for an index of all.

Each gives `name`, `id`, `rank` (0 preferred name or gene symbol, 1 synonym, 2 name of a group; 3 more for a protein that is
not human) and `place`, which orders equals.
"""

from __future__ import annotations

__all__ = ["NAME_QUERIES"]

_MOLECULE_PLACE = "2 * (m.max_phase IS NOT 4) + (h.parent_molregno IS NOT NULL)"
_HIERARCHY = "LEFT JOIN molecule_hierarchy h ON h.molregno = m.molregno AND h.parent_molregno != m.molregno"

_MOLECULES = f"""
SELECT m.pref_name AS name, m.chembl_id AS id, 0 AS rank, {_MOLECULE_PLACE} AS place
FROM molecule_dictionary m {_HIERARCHY} WHERE m.pref_name IS NOT NULL
UNION ALL SELECT s.synonyms, m.chembl_id, 1, {_MOLECULE_PLACE}
FROM molecule_synonyms s JOIN molecule_dictionary m ON m.molregno = s.molregno {_HIERARCHY} WHERE s.synonyms IS NOT NULL
"""

_TARGETS = """
SELECT s.component_synonym AS name, c.accession AS id, (s.syn_type IS NOT 'GENE_SYMBOL') + 3 * (c.tax_id IS NOT 9606) AS rank,
0 AS place FROM component_synonyms s JOIN component_sequences c ON c.component_id = s.component_id
WHERE s.component_synonym IS NOT NULL AND c.accession IS NOT NULL AND s.syn_type IS NOT 'EC_NUMBER'
UNION ALL SELECT c.description, c.accession, 1 + 3 * (c.tax_id IS NOT 9606), 1 FROM component_sequences c
WHERE c.description IS NOT NULL AND c.accession IS NOT NULL
UNION ALL SELECT t.pref_name, c.accession, 1 + (t.target_type IS NOT 'SINGLE PROTEIN') + 3 * (c.tax_id IS NOT 9606), 2
FROM target_dictionary t JOIN target_components k ON k.tid = t.tid JOIN component_sequences c ON c.component_id = k.component_id
WHERE c.accession IS NOT NULL AND k.homologue = 0
"""

_DISEASES = """
SELECT DISTINCT coalesce(efo_term, mesh_heading) AS name, coalesce(efo_term, mesh_heading) AS id, 0 AS rank, 0 AS place
FROM drug_indication WHERE coalesce(efo_term, mesh_heading) IS NOT NULL
"""

NAME_QUERIES = {"molecule": _MOLECULES, "target": _TARGETS, "disease": _DISEASES}
"""By kind of what is named."""
