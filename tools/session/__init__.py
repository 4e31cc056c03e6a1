"""Tools that work on what a session has found before; three hops: the loop → `recall_result` → `EarlierRuns`."""
