"""Molecule tools. RDKit runs in worker processes (`workers.py`) that import `engine/`; nothing else here imports it."""
