"""Tools over the user's library of documents; three hops: the loop → `search_library` → `memory/library/library.py`.

What a document says is data: it is cleaned, quoted with its place, and never followed.
"""
