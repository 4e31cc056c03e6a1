"""The error tree: its picture is the tree, and each error says what happened and what mends it."""

from __future__ import annotations

import re

import pytest
from biocopilot.memory import errors
from biocopilot.memory.errors import (
    Ambiguous,
    BiocopilotError,
    InvalidStructure,
    NotFound,
    OfflineRefused,
    error_named,
)


def classes(root: type[BiocopilotError] = BiocopilotError) -> list[type[BiocopilotError]]:
    own = [child for child in root.__subclasses__() if child.__module__ == errors.__name__]
    return [root, *(found for child in own for found in classes(child))]


def drawn() -> list[tuple[int, str, int | None]]:
    """(depth, class name, exit code where one is written) of each line of the docstring's picture."""
    lines = []
    for line in (errors.__doc__ or "").splitlines():
        if hit := re.match(r"( {4}[│├└─ ]*)([A-Z]\w+)\s{2,}(.*)", line):
            code = re.search(r"exit (\d+)$", hit[3])
            lines.append((len(hit[1]) // 4 - 1, hit[2], int(code[1]) if code else None))
    return lines


def test_the_picture_in_the_docstring_is_the_tree() -> None:
    path: list[str] = []
    pictured = {}
    for depth, name, _ in drawn():
        path[depth:] = [name]
        pictured[name] = path[depth - 1] if depth else None
    real = {kind.__name__: kind.__bases__[0].__name__ for kind in classes()}
    real["BiocopilotError"] = None  # type: ignore[assignment]  # the root hangs on nothing of ours
    assert pictured == real


def test_the_exit_codes_in_the_docstring_are_the_classes_own() -> None:
    written = [(name, code) for _, name, code in drawn() if code is not None]
    assert len(written) >= 8
    for name, code in written:
        assert getattr(errors, name).exit_code == code, name


def test_every_class_is_exported() -> None:
    assert set(errors.__all__) == {kind.__name__ for kind in classes()} | {"error_named"}


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_each_error_has_title_code_message_and_hint(kind: type[BiocopilotError]) -> None:
    error = kind("It happened.", "`biocopilot doctor`")
    assert kind.title
    assert not kind.title.endswith(".")
    assert kind.exit_code in (1, 2, 3, 4, 5, 6, 130)
    assert (error.message, error.hint, str(error)) == (
        "It happened.",
        "`biocopilot doctor`",
        "It happened. `biocopilot doctor`",
    )
    own = OfflineRefused.ALLOW if kind is OfflineRefused else ""
    assert str(kind("Alone.")) == f"Alone. {own}".strip()


def test_titles_tell_the_classes_apart() -> None:
    titles = [kind.title for kind in classes()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_an_error_is_rebuilt_from_its_name_and_texts(kind: type[BiocopilotError]) -> None:
    error = error_named(kind.__name__, "m", "h", ("near",))
    assert type(error) is kind
    assert (error.message, error.hint) == ("m", "h")
    if isinstance(error, NotFound):
        assert error.nearest == ("near",)


def test_an_unknown_name_becomes_the_base_error() -> None:
    assert type(error_named("Exception", "m")) is BiocopilotError


def test_the_nearest_names_go_with_what_was_not_found() -> None:
    assert Ambiguous("several", nearest=("a", "b")).nearest == ("a", "b")
    assert NotFound("none").nearest == ()
    assert not hasattr(InvalidStructure("no"), "nearest")


def test_refused_offline_names_every_way_in_which_the_network_is_allowed() -> None:
    hint = OfflineRefused("It needs the network.").hint
    assert "--offline" in hint
    assert "BIOCOPILOT_OFFLINE" in hint
    assert OfflineRefused("It needs the network.", "Ask a neighbour.").hint == "Ask a neighbour."
