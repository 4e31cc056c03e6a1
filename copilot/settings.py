"""What a user can set once for all runs: in `config.toml`, or in the environment as BIOCOPILOT_<NAME>, which wins.

The command line's options win over both. From Python, `Copilot(...)` takes its arguments and reads none of this. A setting of a
table has its name before it: `library.chroma_url`, in the environment BIOCOPILOT_LIBRARY_CHROMA_URL.
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
from pydantic.fields import FieldInfo

from ..memory.errors import InvalidSetting, StorageError
from ..memory.text import clean, shorten
from .settings_tables import InterfaceSettings, LibrarySettings, ModelSettings, WeightsSettings

if TYPE_CHECKING:
    from ..tools.workbench import LibraryChoice, Services, WeightsChoice
    from .planner.language.choice import ModelChoice

__all__ = [
    "InterfaceSettings",
    "LibrarySettings",
    "LoadedSettings",
    "ModelSettings",
    "Origin",
    "Settings",
    "WeightsSettings",
    "load_settings",
    "masked",
    "setting_fields",
]

Origin = Literal["default", "file", "environment"]

_PREFIX = "BIOCOPILOT_"
_NOT_SETTINGS = frozenset({"HOME", "DEBUG"})
"""Names behind the prefix that mean something else: where data lives, and tracebacks for developers."""

_PATHS = ("store", "weights.folder")
_PASSWORD_IN_ADDRESS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_KEY_LIKE = re.compile(r"\b(?:sk|pk|hf|ghp|key|token)[-_][A-Za-z0-9_\-]{8,}")


class Settings(BaseModel):
    """Every setting with its default; a description is what `config show` and the documentation say."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    planner: str = Field(
        default="auto", min_length=1, max_length=200, description="what plans; `ask --planner` takes the same"
    )
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
    keys: dict[str, str] = Field(
        default={}, description='keys of the interface by command, a table: under [keys], trace = "ctrl+t,f3"'
    )
    interface: InterfaceSettings = Field(default=InterfaceSettings(), description="the terminal interface")
    library: LibrarySettings = Field(default=LibrarySettings(), description="the user's documents")
    model: ModelSettings = Field(default=ModelSettings(), description="the language model that plans")

    weights: WeightsSettings = Field(default=WeightsSettings(), description="models that run in this process")

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

    @property
    def model_choice(self) -> ModelChoice:
        """Which language model, where, and within which bounds."""
        from .planner.language.choice import ModelChoice

        chosen = self.model
        return ModelChoice(
            name=chosen.name,
            base_url=chosen.base_url,
            key=chosen.key.get_secret_value(),
            window=chosen.window,
            max_new_tokens=chosen.max_new_tokens,
            temperature=chosen.temperature,
            mode=chosen.mode,
            calls=chosen.calls,
            fallback=chosen.fallback,
            timeout_s=chosen.timeout,
        )

    @property
    def weights_choice(self) -> WeightsChoice:
        """Which weights of a model in this process, and where they go."""
        from ..tools.workbench import WeightsChoice

        chosen = self.weights
        folder = None if chosen.folder is None else chosen.folder.expanduser().absolute()
        return WeightsChoice(folder, chosen.form, chosen.device, chosen.dtype)

    @property
    def library_choice(self) -> LibraryChoice:
        """Which library, and what makes and keeps its vectors."""
        from ..memory.library.embedding.settings import EmbeddingSettings
        from ..tools.workbench import LibraryChoice

        chosen = self.library
        embedding = EmbeddingSettings(
            model=chosen.model,
            url=chosen.server_url,
            server_model=chosen.server_model,
            api_key=chosen.server_key,
            threads=chosen.threads,
        )
        return LibraryChoice(embedding=embedding, chroma_url=chosen.chroma_url, pdf_engine=chosen.pdf_engine)


def setting_fields() -> dict[str, FieldInfo]:
    """Every setting by its name, `library.model` for one of a table."""
    found: dict[str, FieldInfo] = {}
    for name, field in Settings.model_fields.items():
        if name in _TABLES:
            found |= {f"{name}.{inner}": item for inner, item in _TABLES[name].model_fields.items()}
        else:
            found[name] = field
    return found


_TABLES: dict[str, type[BaseModel]] = {
    "interface": InterfaceSettings,
    "library": LibrarySettings,
    "model": ModelSettings,
    "weights": WeightsSettings,
}


@dataclass(frozen=True)
class LoadedSettings:
    """The settings in force, where each comes from, and what was found but not used."""

    settings: Settings
    origins: Mapping[str, Origin]
    """By the names of `setting_fields`."""
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
    values, origins = {}, dict.fromkeys(setting_fields(), "default")
    for name, value in _from_file(file).items():
        values[name], origins[name] = value, "file"
    found, ignored = _from_environment(environ)
    for name, text in found.items():
        values[name], origins[name] = text, "environment"
    try:
        settings = Settings.model_validate(_nested(values))
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
    found: dict[str, Any] = {}
    for name, value in table.items():
        if name not in _TABLES:
            found[name] = value
        elif isinstance(value, dict):
            found |= {f"{name}.{inner}": item for inner, item in value.items()}
        else:
            raise InvalidSetting(f"{name} in {file} is a table of settings.", f"Write [{name}] above its lines.")
    for name in found:
        if name not in setting_fields():
            raise _unknown(name, f"in {file}")
    for name in _PATHS:
        if isinstance(found.get(name), str):  # a relative path is meant from the file that says it
            found[name] = file.parent / Path(found[name]).expanduser()
    return found


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by their names as the model takes them, those of a table in a table."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        table, dot, inner = name.partition(".")
        if dot:
            found.setdefault(table, {})[inner] = value
        else:
            found[name] = value
    return found


def _variable(name: str) -> str:
    return _PREFIX + name.replace(".", "_").upper()


def _from_environment(environ: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    found: dict[str, Any] = {}
    ignored = []
    variables = {_variable(name): name for name in setting_fields()}
    for variable, text in environ.items():
        if not variable.startswith(_PREFIX) or variable.removeprefix(_PREFIX) in _NOT_SETTINGS:
            continue
        name = variables.get(variable)
        if name is not None:
            found[name] = Path(text).expanduser() if name in _PATHS else text
        elif _nearest(variable, variables):
            raise _unknown(variable, "in the environment")
        else:
            ignored.append(variable)
    return found, tuple(sorted(ignored))


def _nearest(name: str, among: Iterable[str]) -> str:
    from rapidfuzz import fuzz, process

    bare = {item: item.removeprefix(_PREFIX).lower() for item in among}
    hit = process.extractOne(name.removeprefix(_PREFIX).lower(), bare, scorer=fuzz.ratio, score_cutoff=70)
    return str(hit[2]) if hit else ""


def _unknown(name: str, where: str) -> InvalidSetting:
    names = list(setting_fields())
    nearest = _nearest(name, map(_variable, names) if name.startswith(_PREFIX) else names)
    hint = f"Did you mean {nearest}?" if nearest else f"Settings are: {', '.join(names)}."
    return InvalidSetting(f"There is no setting {shorten(clean(name), 60)!r} ({where}).", hint)


def _explained(error: ValidationError, origins: Mapping[str, str], file: Path | None) -> InvalidSetting:
    item = error.errors(include_url=False, include_context=False)[0]
    name = ".".join(map(str, item["loc"][: 2 if item["loc"][0] in _TABLES else 1]))
    where = f"in {file}" if origins[name] == "file" else f"in the environment ({_variable(name)})"
    value = shorten(masked(item["input"]), 60)
    return InvalidSetting(
        f"The setting {name} {where} is {value!r}: {item['msg'][0].lower()}{item['msg'][1:]}.",
        f"It is: {setting_fields()[name].description}. `biocopilot config show` lists all.",
    )
