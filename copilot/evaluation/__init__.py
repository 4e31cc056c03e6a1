"""Evaluations on public question sets: `biocopilot eval TASK --data FILE`.

The way: cli/evaluating.py → `tasks` reads the file into items → an answerer of `answerers` answers each → `running.py` keeps every
answer in a `RunFile` → `results.py` counts, `table.py` writes the figures beside the published ones. What is counted, and how, is in
`biocopilot.model.metrics`.
"""
