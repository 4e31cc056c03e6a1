"""Answers from literature: what a question asserts, which sentences of passages speak to it, and what kind of study says so.

Nothing here searches or calls a tool, and nothing here decides what is true: passages that say yes stand beside those that say no.
`answer.py` is the way in.
"""
