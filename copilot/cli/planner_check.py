"""What `biocopilot doctor` says of the planner: which one is taken and why, and whether the server of its model answers."""

from __future__ import annotations

from typing import Any

from ...memory.text import clean, shorten
from ..planner.language.choice import ModelChoice
from ..planner.language.providers import model_name
from ..planner.resolve import resolve_planner
from ..settings import Settings

__all__ = ["planner_said"]

_PATIENCE_S = 3.0
_OLLAMA = "http://localhost:11434/v1"


def planner_said(settings: Settings) -> tuple[bool, str, str]:
    """Whether it can plan, a sentence about it, and a hint.

    Raises:
        BiocopilotError: the planner that the settings ask for cannot be had.
    """
    choice = settings.model_choice
    resolved = resolve_planner(settings.planner, choice, settings.offline)
    name = resolved.planner.name
    taken = f"{settings.planner} takes {name}: {resolved.why}." if settings.planner == "auto" else f"{name}."
    address = _address(name, choice)
    if settings.offline or not address:
        return True, taken, ""
    well, said, hint = _asked(address, name, choice)
    return well, f"{taken} {said}", hint


def _address(name: str, choice: ModelChoice) -> str:
    """The server to look at: one of the user's own. A provider's is not asked, since asking may cost."""
    model = model_name(name)
    if model is None:
        return ""
    return choice.base_url or (_OLLAMA if model.provider == "ollama" else "")


def _asked(address: str, name: str, choice: ModelChoice) -> tuple[bool, str, str]:
    import httpx

    headers = {"Authorization": f"Bearer {choice.key}"} if choice.key else {}
    where = (
        f"{address.rstrip('/').removesuffix('/v1')}/v1/models"
        if "11434" in address
        else f"{address.rstrip('/')}/models"
    )
    try:
        reply = httpx.get(where, headers=headers, timeout=_PATIENCE_S)
        reply.raise_for_status()
        offered = _names(reply.json())
    except httpx.HTTPStatusError as error:
        return (
            False,
            f"Its server answers HTTP {error.response.status_code} at {where}.",
            "Look at model.base_url and model.key.",
        )
    except (httpx.HTTPError, ValueError) as error:
        reason = shorten(clean(str(error)) or type(error).__name__, 100)
        return False, f"Its server does not answer at {where}: {reason}.", "Start it, or look at model.base_url."
    model = model_name(name)
    wanted = model.model if model else ""
    if offered and not any(item == wanted or item.removesuffix(":latest") == wanted for item in offered):
        return False, f"Its server answers and offers no {wanted}.", f"It offers {', '.join(offered[:5])}."
    return True, "Its server answers.", ""


def _names(data: Any) -> list[str]:
    rows = data.get("data") if isinstance(data, dict) else None
    return [clean(str(row.get("id", ""))) for row in rows or () if isinstance(row, dict)]
