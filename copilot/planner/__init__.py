"""Planners: `contract.py` says what one is; `embedded.py` is the one that needs no weights."""
