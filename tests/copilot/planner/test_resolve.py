"""A planner's name, settings and `--offline`: which planner it comes to, and what is said where it comes to none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from biocopilot.copilot import Copilot
from biocopilot.copilot.planner import resolve
from biocopilot.copilot.planner.embedded import EmbeddedPlanner
from biocopilot.copilot.planner.language import local
from biocopilot.copilot.planner.language.choice import ModelChoice
from biocopilot.copilot.planner.language.falling_back import FallingBack
from biocopilot.copilot.planner.language.local import LocalState
from biocopilot.copilot.planner.language.providers import model_name
from biocopilot.copilot.planner.resolve import resolve_planner
from biocopilot.copilot.planner.scripted import ScriptedPlanner
from biocopilot.memory.errors import InvalidInput, MissingExtra, ModelUnavailable, OfflineRefused

LOCAL = ModelChoice(base_url="http://127.0.0.1:9/v1")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("openai:gpt-5", "openai:gpt-5"),
        ("ollama:qwen3:8b", "ollama:qwen3:8b"),
        ("langchain:openai:gpt-5", "openai:gpt-5"),
        ("langchain:mistralai:mistral-large", "langchain:mistralai:mistral-large"),
        ("openai:org/model@v1", "openai:org/model@v1"),
        ("mistralai:mistral-large", None),
        ("openai:", None),
        ("openai", None),
        ("gpt-9", None),
        ("langchain:openai", None),
    ],
)
def test_names_of_models(wish: str, said: str | None) -> None:
    name = model_name(wish)
    assert (str(name) if name else None) == said


def test_auto_without_weights_and_settings_is_embedded_and_says_why() -> None:
    resolved = resolve_planner("auto")
    assert isinstance(resolved.planner, EmbeddedPlanner)
    assert "no weights" in resolved.why
    assert resolved.remark == ""


def test_auto_takes_the_model_of_the_settings_and_tells_it() -> None:
    pytest.importorskip("langchain_openai")
    resolved = resolve_planner("auto", ModelChoice(name="openai:mine", base_url=LOCAL.base_url))
    assert resolved.planner.name == "openai:mine"
    assert isinstance(resolved.planner, FallingBack)
    assert resolved.remark == "auto takes openai:mine: the settings name it."


def test_auto_offline_is_embedded_and_tells_why() -> None:
    resolved = resolve_planner("auto", ModelChoice(name="openai:mine", base_url=LOCAL.base_url), offline=True)
    assert resolved.planner.name == "embedded"
    assert resolved.remark.startswith("auto takes embedded. openai:mine, which the settings name, cannot be used:")


def test_auto_with_weights_is_biomedgpt_and_with_too_little_memory_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "installed", lambda: LocalState("biomedgpt-lm-7b"))
    monkeypatch.setattr(local, "check_packages", lambda: None)
    resolved = resolve_planner("auto", offline=True)
    assert resolved.planner.name == "biomedgpt"
    assert resolved.remark == "auto takes biomedgpt: its weights are installed."
    monkeypatch.setattr(local, "installed", lambda: LocalState(reason="It takes 13.5 GB, more than is free here."))
    resolved = resolve_planner("auto")
    assert resolved.planner.name == "embedded"
    assert resolved.remark == "auto takes embedded: It takes 13.5 GB, more than is free here."


def test_what_auto_took_is_told_by_the_run(monkeypatch: pytest.MonkeyPatch, copilot: Copilot) -> None:
    choice = ModelChoice(name="ollama:x")
    made = Copilot("auto", offline=True, log=False, model=choice)
    made.bench = copilot.bench
    answer = made.ask("MW of aspirin?")
    assert answer.planner == "embedded"
    assert answer.notices[0].startswith("auto takes embedded. ollama:x")


@pytest.mark.parametrize("wish", ["openai:gpt-5", "anthropic:claude", "ollama:qwen3", "langchain:groq:llama"])
def test_offline_refuses_every_planner_on_a_network_the_loopback_too(wish: str) -> None:
    with pytest.raises(OfflineRefused, match="no connection is opened") as caught:
        resolve_planner(wish, LOCAL, offline=True)
    assert "--planner embedded" in caught.value.hint


def test_biomedgpt_without_weights_says_how_to_get_them() -> None:
    with pytest.raises(ModelUnavailable, match="not installed") as caught:
        resolve_planner("biomedgpt")
    assert "biocopilot models pull" in caught.value.hint


def test_a_missing_key_is_said_with_its_variable() -> None:
    with pytest.raises(ModelUnavailable, match="No key for openai") as caught:
        resolve_planner("openai:gpt-5")
    assert "OPENAI_API_KEY" in caught.value.hint
    assert "model.base_url" in caught.value.hint


@pytest.mark.parametrize(
    ("wish", "package"), [("anthropic:claude", "langchain-anthropic"), ("ollama:qwen3", "langchain-ollama")]
)
def test_a_missing_package_is_said_with_its_command(wish: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("langchain")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    monkeypatch.setitem(sys.modules, package.replace("-", "_"), None)
    with pytest.raises(MissingExtra, match=package) as caught:
        resolve_planner(wish)
    assert caught.value.hint == f"pip install {package}"


def test_langchain_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(MissingExtra) as caught:
        resolve_planner("openai:x", LOCAL)
    assert caught.value.hint == 'pip install "biocopilot[agent]"'


def test_an_unknown_provider_or_planner_is_named() -> None:
    pytest.importorskip("langchain")
    with pytest.raises(InvalidInput, match="no provider 'nobody'"):
        resolve_planner("langchain:nobody:x")
    with pytest.raises(ModelUnavailable, match="gpt-9") as caught:
        resolve_planner("gpt-9")
    assert "ollama:MODEL" in caught.value.hint


def test_address_and_key_are_for_the_provider_that_the_settings_name() -> None:
    choice = ModelChoice(name="openai:mine", base_url="http://127.0.0.1:9/v1", key="k")
    assert resolve._for_provider(choice, "openai") == choice
    other = resolve._for_provider(choice, "anthropic")
    assert (other.base_url, other.key) == ("", "")
    nameless = ModelChoice(base_url="http://127.0.0.1:9/v1", key="k")
    assert resolve._for_provider(nameless, "openai") == nameless
    assert resolve._for_provider(nameless, "anthropic").key == ""  # no company gets another's key


def test_the_fallback_is_a_planner_of_its_own_or_none() -> None:
    pytest.importorskip("langchain_openai")
    from dataclasses import replace

    alone = resolve_planner("openai:x", replace(LOCAL, fallback="none")).planner
    assert not isinstance(alone, FallingBack)
    both = resolve_planner("openai:x", replace(LOCAL, fallback="openai:y")).planner
    assert isinstance(both, FallingBack)
    assert (both.first.name, both.second.name) == ("openai:x", "openai:y")
    assert isinstance(both.second, FallingBack)
    assert both.second.second.name == "embedded"
    with pytest.raises(ModelUnavailable):
        resolve_planner("openai:x", replace(LOCAL, fallback="nonsense"))


def test_offline_a_fallback_on_a_network_is_the_embedded_planner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "wanted_name", lambda: "biomedgpt-lm-7b")
    monkeypatch.setattr(local, "check_packages", lambda: None)
    both = resolve_planner("biomedgpt", ModelChoice(fallback="openai:y"), offline=True).planner
    assert isinstance(both, FallingBack)
    assert (both.first.name, both.second.name) == ("biomedgpt", "embedded")


def test_a_planner_or_a_chat_model_may_be_given() -> None:
    fakes = pytest.importorskip("langchain_core.language_models.fake_chat_models")
    mine = ScriptedPlanner(())
    assert resolve_planner(mine, offline=True).planner is mine
    here = resolve_planner(fakes.FakeListChatModel(responses=["x"]), offline=True).planner
    assert here.name == "langchain:FakeListChatModel"
    with pytest.raises(InvalidInput, match="is no planner"):
        resolve_planner(42)


def test_a_chat_model_that_may_need_the_network_is_refused_offline() -> None:
    openai = pytest.importorskip("langchain_openai")
    model = openai.ChatOpenAI(model="m", api_key="k", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(OfflineRefused, match="langchain:ChatOpenAI:m"):
        Copilot(model, offline=True)
    from biocopilot.copilot.planner.language.planner import LanguagePlanner

    with pytest.raises(OfflineRefused):
        Copilot(LanguagePlanner(model), offline=True)
    vouched = LanguagePlanner(model, in_process=True)
    assert Copilot(vouched, offline=True).planner is vouched


def test_auto_opens_no_socket_and_loads_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from biocopilot.copilot.planner.resolve import resolve_planner\n"
        "assert resolve_planner('auto').planner.name == 'embedded'\n"
        "heavy = {'torch', 'transformers', 'langchain', 'langchain_core', 'openai', 'httpx'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_made_for_ollama_the_window_is_told_to_the_server() -> None:
    from biocopilot.copilot.planner.language.providers import ModelName, _options

    found: dict[str, Any] = _options(ModelName("ollama", "x"), ModelChoice(window=8_000, max_new_tokens=500))
    assert (found["num_ctx"], found["num_predict"]) == (8_000, 500)
