"""Tools about drugs and compounds: status, mechanisms, indications, measured activities."""
