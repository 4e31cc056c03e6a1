from __future__ import annotations

from pathlib import Path

import pytest
from biocopilot.copilot.loop import Budget
from biocopilot.copilot.settings import Settings, load_settings, masked, setting_fields
from biocopilot.memory.errors import InvalidSetting, StorageError


def write(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_all_settings_are_defaults(tmp_path: Path) -> None:
    loaded = load_settings({}, tmp_path / "config.toml")
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}


def test_budget_settings_have_the_defaults_of_a_run() -> None:
    settings, budget = Settings(), Budget()
    assert (settings.calls, settings.seconds) == (budget.calls, budget.seconds)
    assert (settings.bytes, settings.repeated) == (budget.bytes, budget.repeated)


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "seconds = 60\ncalls = 7\n")
    loaded = load_settings({"BIOCOPILOT_SECONDS": "30", "BIOCOPILOT_OFFLINE": "yes"}, file)
    assert loaded.settings.seconds == 30
    assert loaded.settings.calls == 7
    assert loaded.settings.offline is True
    assert loaded.origins["seconds"] == "environment"
    assert loaded.origins["calls"] == "file"
    assert loaded.origins["workers"] == "default"


def test_store_in_the_file_is_relative_to_the_file(tmp_path: Path) -> None:
    loaded = load_settings({}, write(tmp_path, 'store = "chembl.db"\n'))
    assert loaded.settings.store == tmp_path / "chembl.db"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("secnods = 60\n", "'secnods'", "Did you mean seconds?"),
        ("colour = true\n", "'colour'", "Settings are: planner"),
        ("seconds = 0\n", "seconds", "seconds a question may take"),
        ('calls = "many"\n', "calls", "tool calls"),
        ("seconds = = 1\n", "not a TOML file", "seconds = 60"),
    ],
)
def test_a_wrong_file_is_refused_with_what_mends_it(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        load_settings({}, write(tmp_path, text))
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_file_of_other_bytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"planner = '\xff\xfe'")
    with pytest.raises(InvalidSetting, match="not a TOML file"):
        load_settings({}, file)


def test_a_folder_in_the_files_place_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        load_settings({}, tmp_path / "config.toml")


def test_a_misspelt_variable_is_refused_and_an_unrelated_one_is_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(InvalidSetting) as caught:
        load_settings({"BIOCOPILOT_PLANER": "embedded"}, file)
    assert "BIOCOPILOT_PLANNER" in caught.value.hint
    assert load_settings({"BIOCOPILOT_VERSION": "0.1", "BIOCOPILOT_HOME": "/x"}, file).ignored == (
        "BIOCOPILOT_VERSION",
    )


def test_a_bad_value_names_its_variable(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"BIOCOPILOT_WORKERS.*'0'"):
        load_settings({"BIOCOPILOT_WORKERS": "0"}, tmp_path / "config.toml")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("openai:http://me:s3cret@host/v1", "openai:http://****@host/v1"),
        ("openai:sk-abcdefgh12345678", "openai:****"),
        ("auto", "auto"),
        ("\x1b[31mred", "red"),
    ],
)
def test_secrets_and_escapes_are_not_shown(value: str, shown: str) -> None:
    assert masked(value) == shown


def test_every_setting_is_documented_with_its_default() -> None:
    document = (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8")
    for name, field in setting_fields().items():
        default = "none" if str(field.default) in ("None", "") else f"`{str(field.default).lower()}`"
        assert f"| `{name}` | {default} | {field.description} |" in document


def test_the_key_of_a_service_is_never_shown() -> None:
    loaded = load_settings({"BIOCOPILOT_NCBI_KEY": "abcdef0123456789"}, Path("none.toml"))
    assert loaded.settings.services.ncbi_key == "abcdef0123456789"
    assert "abcdef" not in repr(loaded.settings) + repr(loaded.settings.services) + loaded.settings.model_dump_json()


def test_how_services_are_asked_follows_the_settings() -> None:
    environ = {
        "BIOCOPILOT_CONTACT": "me@example.org",
        "BIOCOPILOT_FIRST": "live",
        "BIOCOPILOT_STRUCTURES_MAY_LEAVE": "no",
    }
    services = load_settings(environ, Path("none.toml")).settings.services
    assert (services.contact, services.first, services.structures_may_leave) == ("me@example.org", True, False)


def test_a_table_in_the_file_and_in_the_environment(tmp_path: Path) -> None:
    file = write(tmp_path, 'calls = 7\n[library]\nmodel = "server"\nserver_url = "http://localhost:1/v1"\n')
    loaded = load_settings(
        {"BIOCOPILOT_LIBRARY_CHROMA_URL": "http://localhost:8000", "BIOCOPILOT_LIBRARY_MODEL": "x"}, file
    )
    library = loaded.settings.library
    assert (library.model, library.server_url, library.chroma_url) == (
        "x",
        "http://localhost:1/v1",
        "http://localhost:8000",
    )
    assert loaded.origins["library.server_url"] == "file"
    assert loaded.origins["library.model"] == loaded.origins["library.chroma_url"] == "environment"
    assert loaded.origins["library.server_key"] == "default"


def test_the_library_is_opened_as_the_settings_say() -> None:
    environ = {
        "BIOCOPILOT_LIBRARY_MODEL": "server",
        "BIOCOPILOT_LIBRARY_SERVER_URL": "http://localhost:1/v1",
        "BIOCOPILOT_LIBRARY_SERVER_MODEL": "m",
        "BIOCOPILOT_LIBRARY_SERVER_KEY": "abcdef0123456789",
        "BIOCOPILOT_LIBRARY_CHROMA_URL": "http://localhost:2",
        "BIOCOPILOT_LIBRARY_PDF_ENGINE": "pdfium",
    }
    settings = load_settings(environ, Path("none.toml")).settings
    choice = settings.library_choice
    assert choice.embedding is not None
    assert (choice.embedding.model, choice.embedding.url, choice.embedding.server_model) == (
        "server",
        "http://localhost:1/v1",
        "m",
    )
    assert choice.embedding.api_key.get_secret_value() == "abcdef0123456789"
    assert (choice.chroma_url, choice.pdf_engine) == ("http://localhost:2", "pdfium")
    assert "abcdef" not in repr(settings) + repr(choice) + settings.model_dump_json()


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ('[library]\nchorma_url = "x"\n', "'library.chorma_url'", "Did you mean library.chroma_url?"),
        ('library = "x"\n', "table", "[library]"),
        ('[library]\nchroma_url = "localhost:8000"\n', "library.chroma_url", "a Chroma server"),
        ("[library]\nthreads = -1\n", "library.threads", "cores"),
    ],
)
def test_a_wrong_table_is_refused_with_what_mends_it(tmp_path: Path, text: str, said: str, hint: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        load_settings({}, write(tmp_path, text))
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_a_misspelt_variable_of_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting) as caught:
        load_settings({"BIOCOPILOT_LIBRARY_CHROMAURL": "http://x"}, tmp_path / "config.toml")
    assert caught.value.hint == "Did you mean BIOCOPILOT_LIBRARY_CHROMA_URL?"
    with pytest.raises(InvalidSetting, match=r"BIOCOPILOT_LIBRARY_THREADS.*'99'"):
        load_settings({"BIOCOPILOT_LIBRARY_THREADS": "99"}, tmp_path / "config.toml")
