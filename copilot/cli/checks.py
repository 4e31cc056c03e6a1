"""What `biocopilot doctor` looks at, one function a thing; each returns a finding and raises nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Literal

from ...memory.errors import BiocopilotError
from ..settings import load_settings
from .store_status import source_label, store_status

__all__ = ["Check", "Finding", "all_checks"]

State = Literal["good", "bad", "note"]
"""`note`: nothing is wrong, and there is something to know."""

_EXTRAS = {
    "rag": ("chromadb", "searching your own papers"),
    "biomedgpt": ("torch", "BioMedGPT-10B as planner"),
    "agent": ("langchain", "any LangChain chat model as planner"),
    "mcp": ("mcp", "serving the tools over MCP"),
    "chembl": ("chembl_webresource_client", "ChEMBL's own client for live look-ups"),
}
"""Extra to the package that shows it, and what it is for."""


@dataclass(frozen=True)
class Finding:
    """What one check found, in a sentence, and what mends it."""

    about: str
    state: State
    sentence: str
    hint: str = ""


Check = Callable[[], Finding]


def all_checks(only: Collection[str] = ()) -> tuple[Check, ...]:
    """The checks in the order in which they are shown, or some of them; one that fails unforeseen is a bad finding."""
    named = {
        "python": _python,
        "rdkit": _rdkit,
        "settings": _settings,
        "local data": _store,
        "chemistry": _chemistry,
        "data folder": _data_folder,
        "run log": _run_log,
        "planner": _planner,
        "models": _models,
        "extras": _extras,
    }
    return tuple(_guarded(about, check) for about, check in named.items() if not only or about in only)


def _guarded(about: str, check: Callable[[str], Finding]) -> Check:
    def run() -> Finding:
        try:
            return check(about)
        except BiocopilotError as error:
            return Finding(about, "bad", f"{error.title}: {error.message}", error.hint)
        except Exception as error:  # a health check that dies of what it should report helps nobody
            return Finding(about, "bad", f"{type(error).__name__}: {error}")

    return run


def _python(about: str) -> Finding:
    running = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding(about, "good", f"Python {running}.")
    return Finding(about, "bad", f"Python {running} is not one that this program is tested on.", "Use 3.11 to 3.13.")


def _rdkit(about: str) -> Finding:
    try:
        return Finding(about, "good", f"RDKit {version('rdkit')} is installed.")
    except PackageNotFoundError:
        return Finding(about, "bad", "RDKit is not installed; no chemistry works.", "pip install rdkit")


def _settings(about: str) -> Finding:
    loaded = load_settings()
    changed = [name for name, origin in loaded.origins.items() if origin != "default"]
    said = (
        f"{', '.join(changed)} set by you; the rest are defaults." if changed else "All settings are at their defaults."
    )
    if loaded.ignored:
        return Finding(about, "note", f"{said} Not settings, ignored: {', '.join(loaded.ignored)}.")
    return Finding(about, "good", said)


def _store(about: str) -> Finding:
    status = store_status()
    releases = "; ".join(source_label(source) for source in status.sources[:2])
    return Finding(
        about,
        "good",
        f"{status.counts['molecules']:,} molecules, {status.counts['targets']:,} targets and"
        f" {status.counts['measured activities']:,} measured activities. Releases: {releases}.",
    )


def _chemistry(about: str) -> Finding:
    from ...tools.chemistry.workers import ChemistryWorkers

    ethanol = {"structure": "CCO"}
    workers = ChemistryWorkers(1)
    started = time.perf_counter()
    try:
        workers.call_blocking("parse", ethanol, deadline_s=20.0)
        first = time.perf_counter() - started
        workers.call_blocking("parse", ethanol, deadline_s=20.0)
        second = time.perf_counter() - started - first
    finally:
        workers.close()
    sentence = f"The chemistry process started and answered in {first:.2f} s, then in {second * 1000:.1f} ms."
    return Finding(about, "good", sentence)


def _data_folder(about: str) -> Finding:
    from tempfile import TemporaryFile

    from ...memory.paths import data_dir

    folder = data_dir()
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
    except OSError as error:
        return Finding(
            about,
            "bad",
            f"{folder} cannot be written ({error.strerror}); runs are not recorded.",
            "Mend its permissions, or set BIOCOPILOT_HOME to a folder of yours.",
        )
    return Finding(about, "good", f"{folder} can be written.")


def _run_log(about: str) -> Finding:
    from ...memory.paths import run_log_path
    from ...memory.run_log import RunLog

    path = run_log_path()
    if not path.exists():
        return Finding(about, "good", "No run is recorded yet; the first question starts the log.")
    log = RunLog.open(path)
    try:
        last = log.runs(1)
    finally:
        log.close()
    size = path.stat().st_size / 1_000_000
    said = f"its last run is {last[0].id}" if last else "it holds no run"
    return Finding(about, "good", f"{path} can be read ({size:.1f} MB); {said}.")


def _planner(about: str) -> Finding:
    from .planner_check import planner_said

    well, sentence, hint = planner_said(load_settings().settings)
    return Finding(about, "good" if well else "bad", sentence, hint)


def _models(about: str) -> Finding:
    from ...model.checkpoint.catalogue import all_installed
    from ..local_models import model_errors, models_folder

    with model_errors():
        here = list(all_installed(models_folder()))
    broken = next((item for item in here if item.trouble), None)
    if broken is not None:
        return Finding(about, "bad", f"{broken.name}: {broken.trouble}", f"biocopilot models pull {broken.name}")
    if not here:
        return Finding(
            about,
            "note",
            "No weights of BioMedGPT are installed; nothing else needs them. `biocopilot models list` says how.",
        )
    said = ", ".join(f"{item.name} as {item.form} ({item.bytes / 1e9:.1f} GB)" for item in here)
    return Finding(about, "good", f"{said}. `biocopilot models check NAME` loads one and asks it something.")


def _extras(about: str) -> Finding:
    said = []
    for extra, (package, purpose) in _EXTRAS.items():
        there = "installed" if find_spec(package) is not None else "not installed"
        said.append(f"{extra} {there} ({purpose})")
    return Finding(about, "note", f"All optional: {'; '.join(said)}.")
