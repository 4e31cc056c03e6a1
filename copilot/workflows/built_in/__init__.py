"""The workflows that ship, one a file; `registry.py` names them and `asking.py` has what they share."""
