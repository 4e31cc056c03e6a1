"""What a user can set once for all runs: in `config.toml`, or in the environment as BIOCOPILOT_<NAME>, which wins.

The command line's options win over both. From Python, `Copilot(...)` takes its arguments and reads none of this.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from ..memory.errors import InvalidSetting, StorageError
from ..memory.text import clean, shorten

if TYPE_CHECKING:
    from ..tools.workbench import Services

__all__ = ["LoadedSettings", "Origin", "Settings", "load_settings", "masked"]

Origin = Literal["default", "file", "environment"]

_PREFIX = "BIOCOPILOT_"
_NOT_SETTINGS = frozenset({"HOME", "DEBUG"})
"""Names behind the prefix that mean something else: where data lives, and tracebacks for developers."""

_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_KEY_LIKE = re.compile(r"\b(?:sk|pk|hf|ghp|key|token)[-_][A-Za-z0-9_\-]{8,}")


class Settings(BaseModel):
    """Every setting with its default; a description is what `config show` and the documentation say."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    planner: str = Field(default="auto", min_length=1, max_length=200, description="what plans: auto or embedded")
    offline: bool = Field(default=False, description="refuse whatever needs the network")
    calls: int = Field(default=40, ge=1, le=1_000, description="tool calls a question may use")
    seconds: float = Field(default=120.0, gt=0, le=86_400, description="seconds a question may take")
    bytes: int = Field(
        default=2_000_000, ge=10_000, le=1_000_000_000, description="bytes of results a question may gather"
    )
    repeated: int = Field(default=2, ge=1, le=100, description="how often one identical call may be asked for")
    workers: int = Field(default=2, ge=1, le=64, description="chemistry processes side by side")
    store: Path | None = Field(
        default=None, description="SQLite file with ChEMBL and UniProt tables instead of the starter set"
    )
    contact: str = Field(
        default="", max_length=200, description="e-mail address that live services can write to; they ask for one"
    )
    ncbi_key: SecretStr = Field(
        default=SecretStr(""), max_length=200, description="key of NCBI, with which PubMed may be asked more often"
    )
    structures_may_leave: bool = Field(
        default=True, description="whether a structure, or its InChIKey, may be sent to a live service"
    )
    first: Literal["local", "live"] = Field(
        default="local", description="what is asked first: local stores, or live services"
    )

    @property
    def services(self) -> Services:
        """How live services are asked."""
        from ..tools.workbench import Services

        return Services(
            contact=self.contact,
            ncbi_key=self.ncbi_key.get_secret_value(),
            structures_may_leave=self.structures_may_leave,
            first=self.first == "live",
        )


@dataclass(frozen=True)
class LoadedSettings:
    """The settings in force, where each comes from, and what was found but not used."""

    settings: Settings
    origins: Mapping[str, Origin]
    file: Path | None
    """The configuration file, whether it exists or not; None where the folder for it cannot be had."""
    ignored: tuple[str, ...] = ()
    """Environment variables with our prefix that name no setting, and are unlike any."""


def load_settings(environ: Mapping[str, str] | None = None, file: Path | None = None) -> LoadedSettings:
    """Read the file, then the environment.

    Args:
        environ: the environment; the process's own where None.
        file: the configuration file; the user's own where None.

    Raises:
        InvalidSetting: an unknown key, a value out of range, or a file that is not TOML.
        StorageError: the file is there and cannot be read.
    """
    environ = os.environ if environ is None else environ
    file = _user_file() if file is None else file
    values, origins = {}, dict.fromkeys(Settings.model_fields, "default")
    for name, value in _from_file(file).items():
        values[name], origins[name] = value, "file"
    found, ignored = _from_environment(environ)
    for name, text in found.items():
        values[name], origins[name] = text, "environment"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _explained(error, origins, file) from error
    return LoadedSettings(settings, origins, file, ignored)  # type: ignore[arg-type]  # the literals of Origin, as str


def masked(value: object) -> str:
    """A setting's value for showing, with passwords and keys hidden."""
    text = clean(str(value))
    return _KEY_LIKE.sub("****", _PASSWORD_IN_ADDRESS.sub("****", text))


def _user_file() -> Path | None:
    from ..memory.paths import config_dir

    try:
        return config_dir() / "config.toml"
    except StorageError:  # a home that cannot be written holds no configuration; recording says so by itself
        return None


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidSetting(f"{file} is not a TOML file: {error}.", "Write lines such as: seconds = 60") from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}.", "Mend its permissions, or move it.") from error
    for name in table:
        if name not in Settings.model_fields:
            raise _unknown(name, f"in {file}")
    if isinstance(table.get("store"), str):  # a relative path is meant from the file that says it
        table["store"] = file.parent / Path(table["store"]).expanduser()
    return table


def _from_environment(environ: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    found: dict[str, Any] = {}
    ignored = []
    for variable, text in environ.items():
        if not variable.startswith(_PREFIX):
            continue
        name = variable.removeprefix(_PREFIX)
        if name in _NOT_SETTINGS:
            continue
        if name.lower() in Settings.model_fields and name.isupper():
            found[name.lower()] = Path(text).expanduser() if name == "STORE" else text
        elif _nearest(name.lower()):
            raise _unknown(variable, "in the environment")
        else:
            ignored.append(variable)
    return found, tuple(sorted(ignored))


def _nearest(name: str, among: Iterable[str] = tuple(Settings.model_fields)) -> str:
    from rapidfuzz import fuzz, process

    hit = process.extractOne(name, tuple(among), scorer=fuzz.ratio, score_cutoff=70)
    return hit[0] if hit else ""


def _unknown(name: str, where: str) -> InvalidSetting:
    bare = name.removeprefix(_PREFIX).lower()
    nearest = _nearest(bare)
    if nearest:
        hint = f"Did you mean {_PREFIX + nearest.upper() if name.startswith(_PREFIX) else nearest}?"
    else:
        hint = f"Settings are: {', '.join(Settings.model_fields)}."
    return InvalidSetting(f"There is no setting {shorten(clean(name), 60)!r} ({where}).", hint)


def _explained(error: ValidationError, origins: Mapping[str, str], file: Path | None) -> InvalidSetting:
    item = error.errors(include_url=False, include_context=False)[0]
    name = str(item["loc"][0])
    where = f"in {file}" if origins[name] == "file" else f"in the environment ({_PREFIX}{name.upper()})"
    value = shorten(masked(item["input"]), 60)
    return InvalidSetting(
        f"The setting {name} {where} is {value!r}: {item['msg'][0].lower()}{item['msg'][1:]}.",
        f"It is: {Settings.model_fields[name].description}. `biocopilot config show` lists all.",
    )
