"""Literature: records of articles and full texts, read from Europe PMC and PubMed.

`europepmc.py` and `pubmed.py` are the clients; what they return stands in `article.py` and `full_text.py`. Text of
articles is data: cleaned here, once, and never read as markup or instruction by anything behind this package.
"""
