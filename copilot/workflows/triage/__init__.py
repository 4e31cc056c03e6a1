"""Triage of a long list of structures: `reading.py` reads, `chunks.py` has the chemistry done, `funnel.py` decides, `flow.py` tells."""
