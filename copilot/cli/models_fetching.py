"""`biocopilot models pull`: licences first, then the files, then a look at what came."""

from __future__ import annotations

import json
import sys
from textwrap import wrap

from ...memory.errors import InvalidInput, NotApproved, OfflineRefused, StorageError
from ...memory.stores.building import Progress, only_one
from ...model.checkpoint.catalogue import MODELS, KnownModel
from ...model.checkpoint.hub import Hub
from ...model.checkpoint.licences import LICENCES
from ..local_models import model_errors, models_folder
from ..settings import load_settings
from .agreement import agreed
from .failures import say
from .models_listing import about
from .stages import stage_lines

__all__ = ["known", "pull_model"]


def pull_model(name: str, accepted: bool, offline: bool, as_json: bool) -> None:
    """Fetch a model and install it.

    Raises:
        InvalidInput: no model of that name.
        OfflineRefused: `--offline`, or the setting.
        NotApproved: the licences were not accepted.
        ModelUnavailable: the hub does not give it, or what came is not the model.
        StorageError: another process is fetching it, or the folder cannot be made.
    """
    from .models_adding import install

    model = known(name)
    if offline or load_settings().settings.offline:
        raise OfflineRefused(
            "Fetching a model needs the network, and --offline (or the setting offline) forbids it.",
            f"Leave it out, or take files that you have: biocopilot models add {name} PATH",
        )
    _show_licences(model)
    if not accepted and not agreed("Do you accept these terms? [y/N] "):
        raise NotApproved(
            "The terms were not accepted, so nothing was fetched.", f"biocopilot models pull {name} --accept-licences"
        )
    folder = models_folder() / name / "original"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Mend its permissions.") from error
    with only_one(folder.parent / ".lock", f"{model.title}"), model_errors(), stage_lines() as report:
        hub = Hub()
        try:
            files = hub.files_of(model)
            say(
                f"{len(files):,} files, {sum(file.bytes for file in files) / 1e9:.1f} GB, from {hub.endpoint}, to {folder}"
            )
            hub.fetch(files, folder, lambda what, done, total: report(Progress(f"fetching {what}", done, total)))
        finally:
            hub.close()
        revisions = dict.fromkeys(f"{file.repository}@{file.revision[:12]}" for file in files)
        sums = {file.target: file.sha256 for file in files if file.sha256}
        found = install(name, folder, [folder], "original", ", ".join(revisions), sums)
    if as_json:
        sys.stdout.write(json.dumps({"name": name, **about(found)}, ensure_ascii=False, indent=2) + "\n")
        return
    sys.stdout.write(f"{model.title} is installed: {found.bytes / 1e9:.1f} GB of weights, checksums right.\n{folder}\n")
    sys.stdout.write(f"  Next: biocopilot models check {name}\n")


def known(name: str) -> KnownModel:
    """The model of that name. Raises InvalidInput."""
    try:
        return MODELS[name]
    except KeyError:
        raise InvalidInput(f"There is no model called {name[:60]!r}.", f"There are {', '.join(MODELS)}.") from None


def _show_licences(model: KnownModel) -> None:
    say(f"{model.title} is given under these terms, here in short; their full text holds:\n")
    for key in model.licences:
        licence = LICENCES[key]
        say(f"  {licence.title}")
        for line in wrap(licence.about, 96):
            say(f"    {line}")
        say(f"    {licence.url}\n")
