"""Command line: `main.py` is the console script; each command has its own module."""
