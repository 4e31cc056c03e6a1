"""`python -m biocopilot.copilot` is the same as `biocopilot`."""

from __future__ import annotations

from .cli.main import main

if __name__ == "__main__":
    main()
