"""A language model as planner: any LangChain chat model, a local one, or BioMedGPT's.

`planner.py` (free: the model calls any tool) and `choosing.py` (the model chooses among what the embedded planner proposes) are
the two planners; both ask through `asking.py`, which streams, waits, tries again and counts. `falling_back.py` hands over to
another planner where the model cannot go on. LangChain is imported when the first message is written, not before.
"""
