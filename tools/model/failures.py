"""Errors of `model/` as members of this program's own tree, for whoever calls into it: tools, planners, commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...memory.errors import (
    BiocopilotError,
    InvalidInput,
    InvalidSequence,
    InvalidStructure,
    LimitReached,
    MissingExtra,
    ModelUnavailable,
)

__all__ = ["EXTRA_HINT", "errors_of_the_model"]

EXTRA_HINT = 'pip install torch, in the build for your machine, then: pip install "biocopilot[biomedgpt]"'

_PACKAGES = frozenset(("torch", "transformers", "tokenizers", "safetensors", "llguidance"))


@contextmanager
def errors_of_the_model() -> Iterator[None]:
    """Raise what the block raises as one of our own errors: `with errors_of_the_model(): …`, its imports included.

    Raises:
        MissingExtra: a package of the extra `biomedgpt` is not installed.
        InvalidStructure, InvalidSequence, InvalidInput: what was given cannot be used.
        LimitReached: a prompt or an answer is longer than the model's window.
        ModelUnavailable: the weights or the machine are not fit for it.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise MissingExtra(f"The package {error.name} is not installed, and the model needs it.", EXTRA_HINT) from error
    except Exception as error:
        ours = _ours(error)
        if ours is None:
            raise
        raise ours from error


def _ours(error: Exception) -> BiocopilotError | None:
    from ...model import errors

    kinds: dict[type[Exception], type[BiocopilotError]] = {
        errors.UnparsableMolecule: InvalidStructure,
        errors.UnsupportedChemistry: InvalidStructure,
        errors.InvalidProtein: InvalidSequence,
        errors.EmptyPrompt: InvalidInput,
        errors.ContextOverflow: LimitReached,
        errors.GrammarUnsatisfied: LimitReached,
        errors.ModelError: ModelUnavailable,
    }
    for theirs, ours in kinds.items():
        if isinstance(error, theirs):
            made = ours(error.message, error.hint)  # type: ignore[attr-defined]  # all of them are ModelErrors
            made.title = error.title  # type: ignore[attr-defined]
            return made
    return None
