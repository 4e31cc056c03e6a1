"""The models that are known, and what of them is installed where; answers without torch and without opening a checkpoint.

An installed model is a folder `NAME/FORM` with a `manifest.json`: which files hold the weights (they may lie elsewhere, where the
user has them), with sizes and checksums. Small files (configurations, tokenizer) lie in the folder itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from ..errors import CheckpointError

__all__ = [
    "FORMS",
    "MANIFEST",
    "MODELS",
    "Form",
    "Installed",
    "KnownModel",
    "Remote",
    "StoredFile",
    "all_installed",
    "installed",
    "read_manifest",
    "write_manifest",
]

MANIFEST = "manifest.json"
_LAYOUT = 1

Form = Literal["safetensors", "original", "int8", "int4"]
FORMS: tuple[Form, ...] = get_args(Form)
"""In the order in which one is chosen where nobody says which."""


@dataclass(frozen=True)
class Remote:
    """Files of a repository of the hub, by patterns of their names, and the folder below the model's that they go to."""

    repository: str
    patterns: tuple[str, ...]
    folder: str = ""
    alternatives: tuple[str, ...] = ()
    """Patterns of weights of which only the first with a match is fetched."""


@dataclass(frozen=True)
class KnownModel:
    """A model that can be pulled, added, checked and converted."""

    name: str
    title: str
    what_for: str
    remotes: tuple[Remote, ...]
    licences: tuple[str, ...]
    """Keys of `licences.LICENCES`."""


_LM = "PharMolix/BioMedGPT-LM-7B"
_LM_SMALL = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
             "special_tokens_map.json", "USE_POLICY.md", "LICENSE*")  # fmt: skip

MODELS: dict[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            "biomedgpt-10b",
            "BioMedGPT-10B",
            "questions about molecules and proteins; planner",
            (
                Remote(
                    "PharMolix/BioMedGPT-10B",
                    ("USE_POLICY.md", "LICENSE*", "README.md"),
                    alternatives=(
                        "*.safetensors*", "*.pth*", "*.bin*", "data.pkl|byteorder|version|data/*",
                        "*/data.pkl|*/byteorder|*/version|*/data/*",
                    ),
                ),
                Remote(_LM, _LM_SMALL, "llm"),
                Remote("facebook/esm2_t36_3B_UR50D", ("config.json", "vocab.txt", "tokenizer_config.json"), "esm"),
            ),
            ("llama-2", "biomedgpt-use-policy", "esm-2"),
        ),
        KnownModel(
            "biomedgpt-lm-7b",
            "BioMedGPT-LM-7B",
            "its language model alone; planner",
            (Remote(_LM, (*_LM_SMALL, "README.md"), alternatives=("*.safetensors*", "*.bin*")),),
            ("llama-2", "biomedgpt-use-policy"),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class StoredFile:
    """A file of weights, as it was when it was pulled, added or converted."""

    path: str
    """Relative to the manifest's folder, or absolute where it lies elsewhere."""
    bytes: int
    sha256: str
    """Empty where it was not computed."""


@dataclass(frozen=True)
class Installed:
    """A model on this machine."""

    name: str
    form: Form
    folder: Path
    """Where its manifest, configurations and tokenizer are."""
    format: str
    weights: tuple[StoredFile, ...]
    opened: tuple[str, ...]
    """What to give to `open_source`: a file, a folder, or the parts of a file."""
    bytes: int
    least_bytes: int
    """What they take loaded in 16 bits, or as they are where they are quantised."""
    dtypes: tuple[str, ...]
    origin: str
    """A repository with its revision, the form that it was converted from, or where the user had it."""
    added_at: str

    @property
    def paths(self) -> tuple[Path, ...]:
        """What to open."""
        return tuple(self.folder / name for name in self.opened)

    @property
    def trouble(self) -> str:
        """What is not as the manifest says, in a sentence; empty where all files are there in their sizes."""
        for file in self.weights:
            path = self.folder / file.path
            try:
                size = path.stat().st_size
            except OSError:
                return f"{path} is gone."
            if size != file.bytes:
                return f"{path} has {size:,} bytes; it had {file.bytes:,}."
        return ""


def installed(models_dir: Path, name: str, form: str = "auto") -> Installed | None:
    """A model, if it is installed.

    Args:
        models_dir: folder of all models.
        name: of the model.
        form: which form of it; the first of `FORMS` that is there where auto.

    Raises:
        CheckpointError: its manifest cannot be read.
    """
    for kind in FORMS if form == "auto" else (form,):
        folder = models_dir / name / kind
        if (folder / MANIFEST).is_file():
            return read_manifest(folder)
    return None


def all_installed(models_dir: Path) -> Iterator[Installed]:
    """Every installed model, by name, then form. Raises CheckpointError where a manifest cannot be read."""
    for name in sorted(item.name for item in models_dir.iterdir() if item.is_dir()) if models_dir.is_dir() else ():
        for form in FORMS:
            if (models_dir / name / form / MANIFEST).is_file():
                yield read_manifest(models_dir / name / form)


def read_manifest(folder: Path) -> Installed:
    """A model by the folder of its manifest.

    Raises:
        CheckpointError: there is none, or it is of another layout.
    """
    path = folder / MANIFEST
    try:
        content: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if content.pop("layout") != _LAYOUT or content["form"] not in FORMS:
            raise ValueError("another layout")
        content["weights"] = tuple(StoredFile(**file) for file in content["weights"])
        for name in ("opened", "dtypes"):
            content[name] = tuple(content[name])
        return Installed(folder=folder, **content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{path} cannot be read: {error}.", "Remove its folder, and pull or add the model again."
        ) from error


def write_manifest(model: Installed) -> None:
    """Write the manifest into the model's folder; from then on it is installed. Raises CheckpointError."""
    content = {"layout": _LAYOUT, **asdict(model)}
    del content["folder"]
    path = model.folder / MANIFEST
    building = path.with_name(f"{MANIFEST}.building")
    try:
        building.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        os.replace(building, path)
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written: {error.strerror}.", "Free some space.") from error
