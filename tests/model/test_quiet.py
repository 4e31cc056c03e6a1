from __future__ import annotations

import subprocess
import sys

import pytest


def test_loading_what_the_model_needs_says_nothing() -> None:
    pytest.importorskip("transformers", reason="needs transformers (biocopilot[biomedgpt])")
    done = subprocess.run(
        [sys.executable, "-c", "import biocopilot.model.biomedgpt.network"], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
