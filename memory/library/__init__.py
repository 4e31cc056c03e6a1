"""The literature library: a user's own documents, read into passages that can be found, quoted, and found again.

`library.py` is the way in. Offsets count characters of a part's text, as `document.py` defines it; every passage keeps them.
"""
