"""Each kind of model is opened by its name, and the key is not shown."""

from __future__ import annotations

import pytest
from biocopilot.memory.errors import InvalidSetting, OfflineRefused
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
from pydantic import ValidationError


def test_another_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidSetting, match="minlim") as caught:
        open_embedder(EmbeddingSettings(model="minlim"), offline=True)
    assert "minilm" in caught.value.hint


def test_a_server_is_refused_offline() -> None:
    settings = EmbeddingSettings(model="server", url="http://localhost:1/v1", server_model="x")
    with pytest.raises(OfflineRefused):
        open_embedder(settings, offline=True)


def test_the_key_is_not_shown() -> None:
    assert "hush" not in repr(EmbeddingSettings(api_key="hush"))
    with pytest.raises(ValidationError) as caught:
        EmbeddingSettings(api_key="hush" * 200)
    assert "hush" not in str(caught.value)
