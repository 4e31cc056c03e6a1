"""`biocopilot models add`, `convert` and `remove`: how a model comes to be installed, and how it goes."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...memory.errors import BiocopilotError, InvalidInput, ModelUnavailable, NotApproved, NotFound, StorageError
from ...memory.stores.building import Progress, only_one
from ...model.checkpoint.catalogue import FORMS, MANIFEST, Form, Installed, StoredFile, installed, write_manifest
from ...model.checkpoint.forms import form_of
from ...model.checkpoint.memory import weights_bytes
from ...model.checkpoint.source import Source, open_source
from ..local_models import model_errors, models_folder
from ..settings import WeightsSettings
from .agreement import agreed
from .failures import say
from .models_fetching import known
from .models_listing import about
from .stages import stage_lines

__all__ = ["add_model", "convert_model", "install", "remove_model"]

_LLM_FILES = (
    "config.json", "generation_config.json", "tokenizer.json", "tokenizer.model", "tokenizer_config.json",
    "special_tokens_map.json",
)  # fmt: skip
_ESM_FILES = ("config.json", "vocab.txt", "tokenizer_config.json")
_SIGN = {"biomedgpt-10b": "proj_mol.weight", "biomedgpt-lm-7b": "model.embed_tokens.weight"}
"""A tensor by which the weights of a model are known."""
_CHUNK = 1 << 22


def add_model(name: str, paths: Sequence[Path], beside: Sequence[Path], as_json: bool) -> None:
    """Install files that the user has, without copying the weights.

    Raises:
        InvalidInput: no model of that name, or these are not its weights.
        ModelUnavailable: they cannot be read, or there is no tokenizer with them.
        StorageError: the models' folder cannot be written.
    """
    model = known(name)
    absolute = [path.expanduser().absolute() for path in paths]
    with model_errors():
        source = open_source(*absolute)
    _check_sign(name, source)
    quantised = form_of(source.entries)
    form = quantised or ("safetensors" if "biocopilot" in source.metadata else "original")
    folder = models_folder() / name / form
    places = [*beside, *dict.fromkeys(path if path.is_dir() else path.parent for path in absolute)]
    _take_small_files(places, folder, model.title)
    with stage_lines() as report:
        sums = {str(path): _sha256(path, report_to=report) for path in source.paths}
    found = install(name, folder, absolute, form, f"{absolute[0]}", sums)
    if as_json:
        sys.stdout.write(json.dumps({"name": name, **about(found)}, ensure_ascii=False, indent=2) + "\n")
        return
    sys.stdout.write(
        f"{model.title} is installed as {found.form}: {found.bytes / 1e9:.1f} GB of {' and '.join(found.dtypes[:2])}"
        f" ({found.format}). The weights stay where they are: {absolute[0]}\n  Next: biocopilot models check {name}\n"
    )


def convert_model(name: str, form: str, as_json: bool) -> None:
    """Write an installed model's weights in another form, and install that beside.

    Raises:
        InvalidInput: no model of that name.
        ModelUnavailable: it is not installed unquantised, is damaged, or the disk is full.
        MissingExtra: torch is not installed.
        StorageError: another process converts it.
    """
    from ..local_models import find_model

    model = known(name)
    with model_errors():
        whole = installed(models_folder(), name, "original") or installed(models_folder(), name, "safetensors")
    if whole is None:
        find_model(name, WeightsSettings(form="original"))
        raise ModelUnavailable(f"{model.title} is not installed.", f"biocopilot models pull {name}")
    folder = models_folder() / name / form
    with model_errors():
        from ...model.biomedgpt.network import FP32_PARTS
        from ...model.checkpoint.converting import convert

        source = open_source(*whole.paths)
        _check_sign(name, source)
        folder.mkdir(parents=True, exist_ok=True)
        with only_one(folder.parent / ".lock", model.title), stage_lines() as report:
            target = folder / "model.safetensors"
            convert(
                source,
                target,
                form,
                name=name,
                fp32=FP32_PARTS,
                progress=lambda done, total: report(Progress(f"writing {form}", done, total)),
            )
        _take_small_files([whole.folder], folder, model.title)
        sums = {target.name: _sha256(target)}
        found = install(name, folder, [target], form, f"{whole.form}, {whole.origin}", sums)
    if as_json:
        sys.stdout.write(json.dumps({"name": name, **about(found)}, ensure_ascii=False, indent=2) + "\n")
        return
    sys.stdout.write(
        f"{model.title} is installed as {form} too: {found.bytes / 1e9:.1f} GB instead of {whole.bytes / 1e9:.1f} GB.\n"
        f"{target}\n  Next: biocopilot models check {name} --form {form}, and the setting weights.form = {form} to use it\n"
    )


def install(
    name: str, folder: Path, opened: Sequence[Path], form: Form | str, origin: str, sums: Mapping[str, str]
) -> Installed:
    """Open the weights, see that they are the model's, and write the manifest.

    Args:
        name: of the model.
        folder: of this form of it.
        opened: what to open.
        form: original, safetensors, int8 or int4.
        origin: where it comes from.
        sums: SHA-256 by the path of a file, as given or below `folder`.

    Raises:
        InvalidInput: the weights are another model's.
        ModelUnavailable: they cannot be read, or the manifest cannot be written.
    """
    with model_errors():
        source = open_source(*opened)
        _check_sign(name, source)
        found = Installed(
            name=name,
            form=next(item for item in FORMS if item == form),
            folder=folder,
            format=source.format,
            weights=tuple(_stored(path, folder, sums) for path in source.paths),
            opened=tuple(_relative(path, folder) for path in opened),
            bytes=source.bytes,
            least_bytes=source.bytes if form_of(source.entries) else weights_bytes(source.entries.values(), "bfloat16"),
            dtypes=source.dtypes,
            origin=origin,
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        write_manifest(found)
    return found


def remove_model(name: str, form: str, yes: bool) -> None:
    """Delete what is installed of a model, after asking.

    Raises:
        InvalidInput: no model of that name.
        NotFound: nothing of it is installed.
        NotApproved: the user does not say yes.
        StorageError: it cannot be deleted.
    """
    known(name)
    folders = [models_folder() / name / kind for kind in ((form,) if form else FORMS)]
    there = [folder for folder in folders if folder.is_dir()]
    if not there:
        raise NotFound(
            f"{name} is not installed{f' as {form}' if form else ''}.", "`biocopilot models list` shows what is."
        )
    size = sum(file.stat().st_size for folder in there for file in folder.rglob("*") if file.is_file())
    for folder in there:
        say(f"{folder}")
    if not yes and not agreed(f"Delete {size / 1e9:.1f} GB? [y/N] "):
        raise NotApproved("Nothing was removed.", f"biocopilot models remove {name} --yes")
    try:
        for folder in there:
            (folder / MANIFEST).unlink(missing_ok=True)  # first: from then on it is not installed
            shutil.rmtree(folder)
    except OSError as error:
        raise StorageError(f"{folder} cannot be deleted: {error.strerror}.", "Mend its permissions.") from error
    sys.stdout.write(f"Removed {name}; {size / 1e9:.1f} GB were freed.\n")


def _check_sign(name: str, source: Source) -> None:
    if _SIGN[name] not in source.entries:
        other = next((item for item, sign in _SIGN.items() if sign in source.entries), "")
        raise InvalidInput(
            f"These are not the weights of {name}: {_SIGN[name]} is not among their {len(source.entries):,} tensors.",
            f"They look like {other}'s: biocopilot models add {other} PATH" if other else "Name the right files.",
        )


def _take_small_files(places: Sequence[Path], folder: Path, title: str) -> None:
    """Copy configurations and tokenizer to where the model is installed; each is looked for in the places and two folders below."""
    taken: dict[str, Path] = {}
    for place in places:
        if not place.is_dir():
            raise InvalidInput(f"{place} is no folder.", "Name the folder with config.json and tokenizer.json.")
        for pattern in ("config.json", "*/config.json", "*/*/config.json"):
            for file in sorted(place.glob(pattern)):
                kind = _kind_of(file)
                if kind and kind not in taken:
                    taken[kind] = file.parent
        if "tokenizer" not in taken:
            found = next((f for p in ("", "*/", "*/*/") for f in sorted(place.glob(f"{p}tokenizer.json"))), None)
            if found is not None:
                taken["tokenizer"] = found.parent
    missing = [
        what
        for what, key in (("config.json of the language model", "llm"), ("tokenizer.json", "tokenizer"))
        if key not in taken
    ]
    if missing:
        raise ModelUnavailable(
            f"{title} needs {' and '.join(missing)}, and {', '.join(map(str, places))} has none.",
            "They are small files of PharMolix/BioMedGPT-LM-7B on the hub; name their folder: --with FOLDER.",
        )
    try:
        for kind, names in (("llm", _LLM_FILES), ("esm", _ESM_FILES), ("tokenizer", _LLM_FILES[2:])):
            if kind in taken:
                target = folder / ("esm" if kind == "esm" else "llm")
                target.mkdir(parents=True, exist_ok=True)
                for item in names:
                    if (taken[kind] / item).is_file():
                        shutil.copyfile(taken[kind] / item, target / item)
    except OSError as error:
        raise StorageError(f"{folder} cannot be written: {error.strerror}.", "Mend its permissions.") from error


def _kind_of(config: Path) -> str:
    """esm or llm, by what a config.json says of its model; empty where it says nothing."""
    try:
        kind = json.loads(config.read_text("utf-8")).get("model_type")
    except (OSError, ValueError, AttributeError):
        return ""
    return "" if not isinstance(kind, str) else "esm" if kind == "esm" else "llm"


def _stored(path: Path, folder: Path, sums: Mapping[str, str]) -> StoredFile:
    relative = _relative(path, folder)
    return StoredFile(relative, path.stat().st_size, sums.get(relative, sums.get(str(path), "")))


def _relative(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def _sha256(path: Path, report_to: object = None) -> str:
    digest, done, total = hashlib.sha256(), 0, path.stat().st_size
    try:
        with path.open("rb") as file:
            while block := file.read(_CHUNK):
                digest.update(block)
                done += len(block)
                if callable(report_to):
                    report_to(Progress(f"computing the checksum of {path.name}", done, total))
    except OSError as error:
        raise _unreadable(path, error) from error
    return digest.hexdigest()


def _unreadable(path: Path, error: OSError) -> BiocopilotError:
    return StorageError(f"{path} cannot be read: {error.strerror}.", "Mend its permissions.")
