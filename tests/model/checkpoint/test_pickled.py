from __future__ import annotations

import collections
import os
import pickle
from typing import Any

import pytest
from biocopilot.model.checkpoint.pickled import read_pickle
from biocopilot.model.errors import CheckpointError


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize(
    "evil",
    [
        Calls(os.system, "touch /tmp/never"),
        Calls(eval, "1"),
        Calls(getattr, "a", "upper"),
        {"weight": Calls(os.mkdir, "never")},
        collections.OrderedDict(weight=Calls(print, "never")),
    ],
    ids=["system", "eval", "getattr", "inside", "ordered"],
)
def test_code_is_refused_by_its_name_and_not_run(evil: object, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        CheckpointError, match=r"would call (posix|nt|__builtin__|builtins)\.\w+ when it is opened"
    ) as caught:
        read_pickle(pickle.dumps(evil, 2), "a.pth")
    assert "was not run" in caught.value.message
    assert not list(tmp_path.iterdir())


def test_what_is_allowed_cannot_be_called_with_something_else() -> None:
    rebuilt = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(U\x01aK\x00)Rq\x00."
    with pytest.raises(CheckpointError, match="damaged"):
        read_pickle(rebuilt, "a.pth")


@pytest.mark.parametrize("data", [b"", b"\x80\x02", b"no pickle at all", b"\x80\x02}q\x00.", b"\x80\x02K\x01."])
def test_what_holds_no_tensors_is_refused(data: bytes) -> None:
    with pytest.raises(CheckpointError):
        read_pickle(data, "a.pth")


def test_other_things_than_tensors_are_named() -> None:
    with pytest.raises(CheckpointError, match="more than tensors: 'epoch'"):
        read_pickle(pickle.dumps({"epoch": 3}, 2), "a.pth")


def test_a_shape_with_negative_sizes_is_refused(torch: Any) -> None:
    storage = "(U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ"
    text = f"\x80\x02}}U\x01wctorch._utils\n_rebuild_tensor_v2\n({storage}K\x00J\xff\xff\xff\xff\x85K\x01\x85\x89NtRs."
    with pytest.raises(CheckpointError, match="sizes that are none"):
        read_pickle(text.encode("latin-1"), "a.pth")
