"""Tools about drug targets: identity, profile, measured activities."""
