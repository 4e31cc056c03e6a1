"""Tools about published articles: search, and one article with its abstract or text."""
