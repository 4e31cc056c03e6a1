"""Models of the sentence-transformers library: how it is called, with a stand-in for it; and a tiny real one where it is installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import InvalidSetting, MissingExtra, ModelUnavailable
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
from biocopilot.memory.library.embedding.sentence_model import SentenceModel


class Stand_in:  # not the library's name
    """Notes how it is made and asked."""

    made: dict[str, Any]
    asked: list[tuple[str, Any]]
    dimension: int | None = 2
    fails: Exception | None = None

    def __init__(self, folder: str, **given: Any) -> None:
        if Stand_in.fails is not None:
            raise Stand_in.fails
        Stand_in.made = {"folder": folder, **given}
        Stand_in.asked = []

    def get_embedding_dimension(self) -> int | None:
        return Stand_in.dimension

    def encode_document(self, texts: list[str], **given: Any) -> Any:
        assert given["normalize_embeddings"]
        Stand_in.asked.append(("document", texts))
        return np.array([[1.0, 0.0]] * len(texts))

    def encode_query(self, text: str, **given: Any) -> Any:
        assert given["normalize_embeddings"]
        Stand_in.asked.append(("query", text))
        return np.array([0.0, 1.0])


@pytest.fixture
def fetched() -> list[tuple[str, dict[str, Any]]]:
    return []


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "a model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "1_Pooling" / "config.json").write_text("{}", "utf-8")
    (folder / "README.md").write_text("words", "utf-8")
    return folder


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, model: Path, fetched: list[tuple[str, dict[str, Any]]]) -> SimpleNamespace:
    """The stand-ins in the place of the libraries; `here` says whether the hub's cache has the model."""
    state = SimpleNamespace(here=True, threads=None)

    def snapshot_download(name: str, **given: Any) -> str:
        fetched.append((name, given))
        if not state.here:
            raise FileNotFoundError("no snapshot")
        return str(model)

    modules = {
        "sentence_transformers": {"SentenceTransformer": Stand_in},
        "torch": {"set_num_threads": lambda number: setattr(state, "threads", number)},
        "huggingface_hub": {"snapshot_download": snapshot_download},
    }
    for name, held in modules.items():
        module = ModuleType(name)
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.setattr(Stand_in, "fails", None)
    monkeypatch.setattr(Stand_in, "dimension", 2)
    return state


def test_documents_and_questions_are_embedded_each_in_their_way(library: SimpleNamespace, model: Path) -> None:
    opened = open_embedder(EmbeddingSettings(model=f"sentence-transformers:{model}", threads=3), offline=True)
    assert (opened.name, opened.dimension, library.threads) == ("a_model", 2, 3)
    np.testing.assert_array_equal(opened.documents(["a \ud83e", "b"]), np.array([[1, 0], [1, 0]], np.float32))
    np.testing.assert_array_equal(opened.query("c"), np.array([0, 1], np.float32))
    assert opened.documents([]).shape == (0, 2)
    assert Stand_in.asked == [("document", ["a ?", "b"]), ("query", "c")]


@pytest.mark.parametrize("offline", [True, False])
def test_the_library_is_given_a_folder_and_runs_no_code_and_no_pickles(
    library: SimpleNamespace, model: Path, fetched: list[Any], offline: bool
) -> None:
    SentenceModel("all-mpnet-base-v2", offline=offline)
    ((name, given),) = fetched
    assert name == "sentence-transformers/all-mpnet-base-v2"
    assert given["local_files_only"] is offline
    assert not any(pattern.endswith((".bin", ".pt", ".py")) for pattern in given["allow_patterns"])
    assert Stand_in.made == {
        "folder": str(model),
        "trust_remote_code": False,
        "local_files_only": True,
        "model_kwargs": {"use_safetensors": True},
    }
    assert os.environ["HF_HUB_OFFLINE"] == ("1" if offline else "0")


def test_a_name_with_an_owner_is_taken_as_it_is(library: SimpleNamespace, fetched: list[Any]) -> None:
    assert SentenceModel("BAAI/bge-small-en-v1.5", offline=True).name == "BAAI/bge-small-en-v1.5"
    assert fetched[0][0] == "BAAI/bge-small-en-v1.5"


@pytest.mark.parametrize(("offline", "said"), [(True, "not on this machine"), (False, "cannot be fetched")])
def test_a_model_that_is_not_here_is_told(library: SimpleNamespace, offline: bool, said: str) -> None:
    library.here = False
    with pytest.raises(ModelUnavailable, match=said) as caught:
        SentenceModel("some/model", offline=offline)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["../../etc/passwd", "https://example.org/x", "a/b/c", "a b"])
def test_what_is_neither_a_name_nor_a_folder_is_refused(
    library: SimpleNamespace, fetched: list[Any], name: str
) -> None:
    with pytest.raises(InvalidSetting, match="neither"):
        SentenceModel(name, offline=False)
    assert fetched == []


def test_a_model_that_cannot_be_loaded_is_told(
    library: SimpleNamespace, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stand_in, "fails", OSError("no safetensors here"))
    with pytest.raises(ModelUnavailable, match="no safetensors here"):
        SentenceModel(str(model), offline=True)


def test_a_model_that_does_not_say_its_dimension_is_refused(
    library: SimpleNamespace, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Stand_in, "dimension", None)
    with pytest.raises(ModelUnavailable, match="how long"):
        SentenceModel(str(model), offline=True)


def test_the_checksum_is_of_what_decides_on_the_vectors(library: SimpleNamespace, model: Path) -> None:
    def checksum() -> str:
        return SentenceModel(str(model), offline=True).checksum

    first = checksum()
    (model / "README.md").write_text("other words", "utf-8")
    assert checksum() == first
    (model / "1_Pooling" / "config.json").write_text('{"pooling_mode": "cls"}', "utf-8")
    second = checksum()
    (model / "model.safetensors").write_bytes(b"other weights")
    assert len({first, second, checksum()}) == 3


def test_a_closed_one_says_so(library: SimpleNamespace, model: Path) -> None:
    opened = SentenceModel(str(model), offline=True)
    opened.close()
    with pytest.raises(ModelUnavailable, match="closed"):
        opened.query("x")


def test_without_the_library_the_hint_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with pytest.raises(MissingExtra, match="sentence") as caught:
        SentenceModel("some/model", offline=False)
    assert "sentence-transformers" in caught.value.hint


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the libraries themselves
def test_a_tiny_real_model_gives_its_librarys_vectors(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="the sentence-transformers library is not installed")
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "kinase", "binds", "egfr"]
    (tmp_path / "vocab.txt").write_text("\n".join(words), "utf-8")
    shape = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(words), **shape)).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path / "bert")
    parts = models.Transformer(str(tmp_path / "bert"))
    real = SentenceTransformer(modules=[parts, models.Pooling(8)], device="cpu")
    real.save(str(tmp_path / "tiny"))
    opened = SentenceModel(str(tmp_path / "tiny"), offline=True)
    texts = ["kinase binds egfr", "egfr"]
    np.testing.assert_allclose(opened.documents(texts), real.encode(texts, normalize_embeddings=True), atol=1e-6)
    assert np.linalg.norm(opened.query("kinase")) == pytest.approx(1, abs=1e-6)
