"""Tools about DNA, RNA and protein sequences."""
