"""Weights of 8 bits: what is made of a small matrix, and that processors without an instruction for it add up the same."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from biocopilot.memory.library.embedding.minilm_files import WEIGHTS, MiniLmFiles
from biocopilot.memory.library.embedding.minilm_int8 import INT8, SCALE, quantised_weights, tensors_of

NAME = "encoder.layer.0.x.weight"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A matrix of three outputs from two inputs, a bias, and a table that is no layer's."""
    held = {
        NAME: np.array([[1.0, -0.5], [0.0, 0.0], [-0.016, 0.0001]], "<f4"),
        "encoder.layer.0.x.bias": np.ones(3, "<f4"),
        "embeddings.y.weight": np.ones((2, 2), "<f4"),
    }
    header, place = {"__metadata__": {"format": "pt"}}, 0
    for name, values in held.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [place, place + values.nbytes]}  # type: ignore[dict-item]
        place += values.nbytes
    said = json.dumps(header).encode()
    path = tmp_path / "small.safetensors"
    path.write_bytes(struct.pack("<Q", len(said)) + said + b"".join(values.tobytes() for values in held.values()))
    return path


def test_an_output_has_its_own_scale_and_one_of_zeros_stays_zeros(small: Path) -> None:
    made = dict(quantised_weights(small))
    assert set(made) == {NAME + INT8, NAME + SCALE}
    np.testing.assert_array_equal(made[NAME + INT8], [[64, 0, -64], [-32, 0, 0]])
    np.testing.assert_allclose(made[NAME + SCALE][[0, 2]], [1 / 64, 0.016 / 64], rtol=1e-6)
    assert made[NAME + INT8].flags.c_contiguous


def test_where_tensors_lie_in_the_file(small: Path) -> None:
    shape, begin, length = tensors_of(small)["encoder.layer.0.x.bias"]
    assert (shape, length) == ([3], 12)
    assert small.read_bytes()[begin : begin + length] == np.ones(3, "<f4").tobytes()


def test_the_models_weights_are_kept_to_half_a_step_and_no_two_products_overflow_16_bits(files: MiniLmFiles) -> None:
    weights = files.folder / WEIGHTS
    made, tensors, data = dict(quantised_weights(weights)), tensors_of(weights), weights.read_bytes()
    names = [name.removesuffix(INT8) for name in made if name.endswith(INT8)]
    assert len(names) == 6 * 6
    for name in names:
        whole, scale = made[name + INT8], made[name + SCALE]
        shape, begin, length = tensors[name]
        real = np.frombuffer(data[begin : begin + length], "<f4").reshape(shape)
        assert whole.dtype == np.int8
        assert np.abs(whole.astype(int)).max() * 255 * 2 < 2**15
        assert np.abs(whole.T * scale[:, None] - real).max() <= scale.max() * 0.5001
