"""NCBI's genetic codes by number, as Biopython holds them."""

from __future__ import annotations

from typing import Any

from ...memory.errors import InvalidSequence

__all__ = ["code_record", "code_table"]


def code_table(number: int) -> Any:
    """Biopython's table of that NCBI number. Raises InvalidSequence for a number that is none."""
    from Bio.Data import CodonTable

    tables = CodonTable.unambiguous_dna_by_id
    if number not in tables:
        known = ", ".join(str(key) for key in sorted(tables))
        raise InvalidSequence(
            f"There is no genetic code {number}.", f"NCBI's numbers are {known}; 1 is the standard code."
        )
    return tables[number]


def code_record(table: Any) -> dict[str, Any]:
    """Number, name, starts and stops of a code."""
    return {
        "ncbi_id": table.id,
        "name": table.names[0],
        "start_codons": sorted(table.start_codons),
        "stop_codons": sorted(table.stop_codons),
    }
