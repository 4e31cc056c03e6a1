"""What can go wrong in `model/`, each with title, message and hint, as the program's own errors have.

    ModelError                  anything that a model raises on purpose
    ├── UnparsableMolecule      not a SMILES, or past the input limits
    ├── UnsupportedChemistry    a molecule that the encoder has no number for (a dative bond, an unknown chirality)
    ├── InvalidProtein          not a protein sequence, or a FASTA file of several
    ├── EmptyPrompt             nothing was asked
    ├── ContextOverflow         the prompt leaves no room for an answer
    ├── GrammarUnsatisfied      decoding ended before the grammar was complete
    ├── CheckpointError         missing, truncated, of other keys or shapes, or a pickle with code in it
    ├── DownloadFailed          the hub does not answer, refuses, or what came is not what it states
    ├── TokenizerMissing        no tokenizer.json beside the weights, or one of another vocabulary
    ├── NotEnoughMemory         said before loading, with what would fit; or while decoding
    └── NoAccelerator           a GPU was asked for and there is none

This package imports nothing of ours, so `copilot` turns these into members of its own tree at its edge.
"""

from __future__ import annotations

__all__ = [
    "CheckpointError",
    "ContextOverflow",
    "DownloadFailed",
    "EmptyPrompt",
    "GrammarUnsatisfied",
    "InvalidProtein",
    "ModelError",
    "NoAccelerator",
    "NotEnoughMemory",
    "TokenizerMissing",
    "UnparsableMolecule",
    "UnsupportedChemistry",
]


class ModelError(Exception):
    """Base of all errors that a model raises on purpose.

    Args:
        message: what happened, in a sentence that a chemist understands.
        hint: what mends it, a command where there is one; empty where nothing does.
    """

    title = "The model cannot do that"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UnparsableMolecule(ModelError):
    title = "Not a readable structure"


class UnsupportedChemistry(ModelError):
    title = "Chemistry that the encoder does not know"


class InvalidProtein(ModelError):
    title = "Not a readable protein"


class EmptyPrompt(ModelError):
    title = "Nothing was asked"


class ContextOverflow(ModelError):
    title = "Too long for the model"


class GrammarUnsatisfied(ModelError):
    title = "The model did not finish what it had to say"


class CheckpointError(ModelError):
    title = "The model's weights cannot be used"


class DownloadFailed(ModelError):
    title = "The model could not be fetched"


class TokenizerMissing(ModelError):
    title = "The model's tokenizer cannot be used"


class NotEnoughMemory(ModelError):
    title = "Not enough memory for the model"


class NoAccelerator(ModelError):
    title = "No GPU found"
