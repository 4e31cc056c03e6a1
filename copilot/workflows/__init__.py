"""Workflows: typed programs over the tools that keep each result, go on after a kill, and end in a report with evidence.

    from biocopilot.copilot import Copilot, workflows

    with Copilot(offline=True) as copilot:
        finished = workflows.run("target-dossier", {"genes": ["EGFR"]}, out="dossier", copilot=copilot)

`contract.py` says what a workflow is, `registry.py` which there are, `engine.py` runs one in a folder, `yaml_file.py` reads one
from YAML, `outputs/` writes what came of it.
"""
