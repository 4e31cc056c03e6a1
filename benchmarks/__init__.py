"""Measurements, not tests: each prints a table beside a peer measured in the same run, and saves it as JSON.

python -m benchmarks                 all of them
python -m benchmarks startup loop    these
python -m benchmarks --keep          as the figures that docs/performance.md quotes
"""
