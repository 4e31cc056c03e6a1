from __future__ import annotations

import hashlib
import json
import os
import pickle
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot.cli.commands import app
from biocopilot.copilot.cli.models_checking import QUESTIONS, judged
from biocopilot.copilot.local_models import find_model, models_folder
from biocopilot.copilot.settings import WeightsSettings
from biocopilot.memory.errors import InvalidInput, ModelUnavailable
from biocopilot.model.checkpoint.catalogue import installed
from biocopilot.model.checkpoint.safetensors_file import Planned, write_safetensors
from click.testing import Result
from typer.testing import CliRunner

BIG, LM, ESM = "PharMolix/BioMedGPT-10B", "PharMolix/BioMedGPT-LM-7B", "facebook/esm2_t36_3B_UR50D"
SMALL_FILES = {"config.json": b'{"model_type": "llama"}', "tokenizer.json": b"{}", "USE_POLICY.md": b"Be good."}


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, ["models", *words], input=given)


def weights_file(path: Path, sign: str = "proj_mol.weight") -> Path:
    """A file of one tensor, by which the model is known."""
    write_safetensors(path, [Planned(sign, "float32", (2, 2))], {}, lambda file: file.write(bytes(16)))
    return path


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder as a user has it: weights, configuration and tokenizer."""
    folder = tmp_path / "mine"
    (folder / "lm").mkdir(parents=True)
    for name, data in SMALL_FILES.items():
        (folder / "lm" / name).write_bytes(data)
    weights_file(folder / "biomedgpt.safetensors")
    return folder


class FakeHub:
    """A hub with three repositories, on loopback."""

    def __init__(self, folder: Path) -> None:
        weights = weights_file(folder / "w.safetensors").read_bytes()
        alone = weights_file(folder / "lm.safetensors", "model.embed_tokens.weight").read_bytes()
        self.repositories = {
            BIG: {"model.safetensors": weights, "README.md": b"# It"},
            LM: {"model.safetensors": alone, **SMALL_FILES},
            ESM: {"config.json": b'{"model_type": "esm"}', "vocab.txt": b"<cls>", "model.safetensors": b"not wanted"},
        }
        self.status = 0
        self.asked: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Be quiet."""

            def do_GET(self) -> None:
                hub.asked.append(self.path)
                status, data = hub.reply(self.path.partition("?")[0])
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def reply(self, path: str) -> tuple[int, bytes]:
        if self.status:
            return self.status, b""
        if path.startswith("/api/models/"):
            files = self.repositories[path.removeprefix("/api/models/").removesuffix("/revision/main")]
            return 200, json.dumps(
                {"sha": "a" * 40, "siblings": [self._item(*item) for item in files.items()]}
            ).encode()
        repository, _, name = path[1:].partition(f"/resolve/{'a' * 40}/")
        return 200, self.repositories[repository][name]

    @staticmethod
    def _item(name: str, data: bytes) -> dict[str, Any]:
        blob = hashlib.sha1(f"blob {len(data)}\0".encode() + data).hexdigest()
        item: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": blob}
        if name.endswith(".safetensors"):
            item["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
        return item

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hub(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    folder = tmp_path / "hub"
    folder.mkdir()
    made = FakeHub(folder)
    monkeypatch.setenv("HF_ENDPOINT", made.url)
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "false")
    yield made
    made.close()


# Without weights ------------------------------------------------------------------------------------------------------


def test_without_weights_the_list_says_how_to_get_them(home: Path) -> None:
    done = run("list")
    assert done.exit_code == 0
    assert done.stdout.count("not installed") == 2
    assert "biocopilot models pull biomedgpt-10b" in done.stdout
    assert "Everything else works" in done.stdout
    told = json.loads(run("list", "--json").stdout)
    assert [(model["name"], model["installed"]) for model in told["models"]] == [
        ("biomedgpt-10b", []),
        ("biomedgpt-lm-7b", []),
    ]


@pytest.mark.parametrize(
    "words", [("check", "biomedgpt-10b"), ("convert", "biomedgpt-lm-7b", "--to", "int4")], ids=["check", "convert"]
)
def test_without_weights_a_command_says_what_is_missing(words: tuple[str, ...], home: Path) -> None:
    done = run(*words)
    assert (done.exit_code, done.stdout) == (5, "")
    assert "is not installed" in done.stderr
    assert f"biocopilot models pull {words[1]}" in done.stderr


def test_none_of_these_imports_torch(home: Path, biocopilot: Any) -> None:
    said = biocopilot("models", "check", "biomedgpt-10b", PYTHONPROFILEIMPORTTIME="1")
    assert said.returncode == 5
    assert "torch" not in said.stderr


@pytest.mark.parametrize("command", [("check",), ("pull",), ("convert",), ("remove",), ("add",)])
def test_an_unknown_model_is_a_usage_error(command: tuple[str, ...], home: Path, mine: Path) -> None:
    extra = {"convert": ["--to", "int8"], "add": [str(mine)]}.get(command[0], [])
    done = run(*command, "gpt-5", *extra)
    assert done.exit_code == 2
    assert "There are biomedgpt-10b, biomedgpt-lm-7b" in done.stderr


# Fetching -------------------------------------------------------------------------------------------------------------


def test_offline_nothing_is_fetched(hub: FakeHub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("pull", "biomedgpt-10b", "--accept-licences", "--offline").exit_code == 5
    monkeypatch.setenv("BIOCOPILOT_OFFLINE", "true")
    done = run("pull", "biomedgpt-10b", "--accept-licences")
    assert (done.exit_code, hub.asked) == (5, [])
    assert done.stderr.startswith("Refused: offline")


@pytest.mark.parametrize("given", ["", "n\n", "\n"])
def test_without_a_yes_to_the_licences_nothing_is_fetched(given: str, hub: FakeHub) -> None:
    done = run("pull", "biomedgpt-10b", given=given)
    assert (done.exit_code, hub.asked) == (3, [])
    for words in ("Llama 2 Community License", "Acceptable Use Policy", "MIT License", "apache-2.0 cannot override"):
        assert words in " ".join(done.stderr.split())
    assert "--accept-licences" in done.stderr
    assert installed(models_folder(), "biomedgpt-10b") is None


@pytest.mark.parametrize(("extra", "given"), [([], "y\n"), (["--accept-licences"], "")], ids=["asked", "accepted"])
def test_a_model_is_fetched_checked_and_installed(extra: list[str], given: str, hub: FakeHub, home: Path) -> None:
    done = run("pull", "biomedgpt-10b", *extra, given=given)
    assert done.exit_code == 0, done.stderr
    assert "checksums right" in done.stdout
    found = installed(models_folder(), "biomedgpt-10b")
    assert found is not None
    assert (found.form, found.format, found.trouble) == ("original", "safetensors", "")
    assert found.weights[0].sha256 == hashlib.sha256(hub.repositories[BIG]["model.safetensors"]).hexdigest()
    assert f"{BIG}@{'a' * 12}" in found.origin
    assert {path.name for path in (found.folder / "llm").iterdir()} == set(SMALL_FILES)
    assert {path.name for path in (found.folder / "esm").iterdir()} == {"config.json", "vocab.txt"}
    listed = run("list")
    assert "✓ original" in listed.stdout
    hub.asked.clear()
    assert run("pull", "biomedgpt-10b", "--accept-licences").exit_code == 0
    assert not [path for path in hub.asked if "resolve" in path]


def test_a_hub_that_wants_a_token_is_told(hub: FakeHub) -> None:
    hub.status = 401
    done = run("pull", "biomedgpt-lm-7b", "--accept-licences")
    assert done.exit_code == 5
    assert "HF_TOKEN" in done.stderr


def test_what_comes_and_is_another_model_is_not_installed(hub: FakeHub) -> None:
    hub.repositories[LM]["model.safetensors"] = hub.repositories[BIG]["model.safetensors"]
    done = run("pull", "biomedgpt-lm-7b", "--accept-licences")
    assert done.exit_code == 2
    assert "not the weights of biomedgpt-lm-7b" in done.stderr
    assert installed(models_folder(), "biomedgpt-lm-7b") is None


# Files of the user ----------------------------------------------------------------------------------------------------


def test_files_that_a_user_has_are_installed_where_they_lie(home: Path, mine: Path) -> None:
    done = run("add", "biomedgpt-10b", str(mine / "biomedgpt.safetensors"), "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["weights"] == [str(mine / "biomedgpt.safetensors")]
    assert (told["form"], told["bytes"], told["trouble"]) == ("original", 16, "")
    found = find_model("biomedgpt-10b")
    assert found.paths == (mine / "biomedgpt.safetensors",)
    assert (found.folder / "llm" / "tokenizer.json").is_file()
    assert not list(found.folder.rglob("*.safetensors"))


def test_configuration_and_tokenizer_may_lie_elsewhere(home: Path, mine: Path, tmp_path: Path) -> None:
    (mine / "lm").rename(tmp_path / "elsewhere")
    file = str(mine / "biomedgpt.safetensors")
    done = run("add", "biomedgpt-10b", file)
    assert done.exit_code == 5
    assert "tokenizer.json" in done.stderr
    assert "--with FOLDER" in done.stderr
    assert installed(models_folder(), "biomedgpt-10b") is None
    assert run("add", "biomedgpt-10b", file, "--with", str(tmp_path / "elsewhere")).exit_code == 0


def test_the_weights_of_the_other_model_are_named(home: Path, mine: Path) -> None:
    done = run("add", "biomedgpt-lm-7b", str(mine / "biomedgpt.safetensors"))
    assert done.exit_code == 2
    assert "biocopilot models add biomedgpt-10b PATH" in done.stderr


def test_a_pickle_with_code_is_refused(home: Path, mine: Path) -> None:
    class Evil:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(mine / "never"),))

    with zipfile.ZipFile(mine / "evil.pth", "w") as archive:
        archive.writestr("a/data.pkl", pickle.dumps({"w": Evil()}, 2))
    done = run("add", "biomedgpt-10b", str(mine / "evil.pth"))
    assert done.exit_code == 5
    assert "would call" in done.stderr
    assert not (mine / "never").exists()


def test_files_that_went_or_changed_are_told_everywhere(home: Path, mine: Path) -> None:
    run("add", "biomedgpt-10b", str(mine / "biomedgpt.safetensors"))
    (mine / "biomedgpt.safetensors").unlink()
    assert "✗ original" in run("list").stdout
    done = run("check", "biomedgpt-10b")
    assert done.exit_code == 5
    assert "is gone" in done.stderr
    health = CliRunner().invoke(app, ["doctor", "--json"])
    (found,) = [item for item in json.loads(health.stdout)["checks"] if item["about"] == "models"]
    assert (found["state"], found["hint"]) == ("bad", "biocopilot models pull biomedgpt-10b")


def test_a_damaged_manifest_is_told(home: Path, mine: Path) -> None:
    run("add", "biomedgpt-10b", str(mine / "biomedgpt.safetensors"))
    (find_model("biomedgpt-10b").folder / "manifest.json").write_text("{", "utf-8")
    done = run("list")
    assert done.exit_code == 5
    assert "manifest.json cannot be read" in done.stderr


def test_removing_asks_and_leaves_the_users_files(home: Path, mine: Path) -> None:
    run("add", "biomedgpt-10b", str(mine / "biomedgpt.safetensors"))
    folder = find_model("biomedgpt-10b").folder
    assert run("remove", "biomedgpt-10b", given="n\n").exit_code == 3
    assert folder.is_dir()
    assert run("remove", "biomedgpt-10b", "--form", "int4", "--yes").exit_code == 4
    assert run("remove", "biomedgpt-10b", "--yes").exit_code == 0
    assert not folder.exists()
    assert (mine / "biomedgpt.safetensors").is_file()
    assert run("remove", "biomedgpt-10b", "--yes").exit_code == 4


def test_the_settings_say_where_and_which(
    home: Path, mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIOCOPILOT_WEIGHTS_FOLDER", str(tmp_path / "weights"))
    run("add", "biomedgpt-10b", str(mine / "biomedgpt.safetensors"))
    assert (tmp_path / "weights" / "biomedgpt-10b" / "original" / "manifest.json").is_file()
    assert find_model("biomedgpt-10b").form == "original"
    with pytest.raises(ModelUnavailable, match="installed as original, not as int4") as caught:
        find_model("biomedgpt-10b", WeightsSettings(folder=tmp_path / "weights", form="int4"))
    assert caught.value.hint == "biocopilot models convert biomedgpt-10b --to int4"
    with pytest.raises(InvalidInput):
        find_model("biomedgpt")


# Loading --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def golden(shared: Path) -> Path:
    folder = shared / "golden" / "biomedgpt"
    if not folder.is_dir():
        pytest.skip("needs ../shared/golden/biomedgpt")
    torch = pytest.importorskip("torch", reason="needs torch (biocopilot[biomedgpt])")
    torch.set_num_threads(1)
    return folder


def test_a_random_model_is_loaded_asked_and_judged_honestly(golden: Path, home: Path) -> None:
    assert run("add", "biomedgpt-10b", str(golden / "biomedgpt_tiny.pth")).exit_code == 0
    done = run("check", "biomedgpt-10b", "--json")
    assert done.exit_code == 6, done.stderr
    told = json.loads(done.stdout)
    assert (told["device"], told["numbers"], told["form"]) == ("cpu", "float32", "original")
    assert told["tensors"]["used"] == 137
    assert len(told["tensors"]["computed_anew"]) == 6
    assert [item["verdict"] for item in told["questions"]] == ["not as published"] * 2
    assert told["machine"]["ram_total"] > 0
    shown = run("check", "biomedgpt-10b")
    assert shown.exit_code == 6
    assert "137 used, 6 computed anew" in shown.stdout
    assert "not those that the authors printed" in shown.stdout


def test_a_model_is_converted_and_checked_in_its_new_form(golden: Path, home: Path) -> None:
    run("add", "biomedgpt-10b", str(golden / "biomedgpt_tiny.pth"))
    done = run("convert", "biomedgpt-10b", "--to", "int4")
    assert done.exit_code == 0, done.stderr
    assert "✓ int4" in run("list").stdout
    told = json.loads(run("check", "biomedgpt-10b", "--form", "int4", "--json").stdout)
    assert (told["form"], told["numbers"]) == ("int4", "bfloat16")
    assert told["weights_bytes"] < 600_000
    again = run("convert", "biomedgpt-10b", "--to", "int8")
    assert again.exit_code == 0, again.stderr


def test_the_words_of_the_published_answer_are_what_counts() -> None:
    protein, molecule = QUESTIONS["biomedgpt-10b"]
    said = "One of the essential components for the initiation of protein synthesis. Stabilizes the binding of IF-2 and IF-3 on the 30S subunit."
    assert judged(protein, said) == "as published"
    assert judged(protein, "Initiation of something.") == "not as published"
    assert judged(protein, "Binds IF-2.") == "not as published"
    assert judged(molecule, "The molecule is a member of the class of Flavonoids.") == "as published"
    assert judged(molecule, "") == "not as published"
    assert judged(QUESTIONS["biomedgpt-lm-7b"][0], "Anything.") == "not judged"
