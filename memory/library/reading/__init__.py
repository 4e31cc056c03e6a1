"""Readers: a file's bytes in, documents with text in which offsets count out. One module a format; `formats.py` chooses."""
