"""The starter set: plain tables, the script that compiles them, and the SQLite file that ships."""
