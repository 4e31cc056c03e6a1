"""Tools about the data that answers come from."""
