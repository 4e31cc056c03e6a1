"""`biocopilot eval TASK --data FILE`: a planner, a model or a baseline on a public question set, beside the published figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Baseline", "TaskName", "evaluate"]


class TaskName(StrEnum):
    """The question sets."""

    pubmedqa = "pubmedqa"
    medmcqa = "medmcqa"
    medqa = "medqa"
    chebi20 = "chebi20"
    uniprotqa = "uniprotqa"


class Baseline(StrEnum):
    """Answers that understand nothing."""

    majority = "majority"
    random = "random"
    first = "first"
    nearest = "nearest"


def evaluate(
    task: Annotated[TaskName, typer.Argument(metavar="TASK", help="pubmedqa, medmcqa, medqa, chebi20 or uniprotqa.")],
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="The question set's own file.")],
    planner: Annotated[
        str,
        typer.Option(
            "--planner",
            metavar="NAME",
            help="A planner with its tools; the one of the settings if absent.",
            show_default=False,
        ),
    ] = "",
    model: Annotated[
        str, typer.Option("--model", metavar="NAME", help="Instead: a model alone, without tools.", show_default=False)
    ] = "",
    baseline: Annotated[
        Baseline | None,
        typer.Option(
            "--baseline", metavar="NAME", help="Instead: majority, random, first or nearest.", show_default=False
        ),
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            "--train", metavar="FILE", help="Training file for a baseline; the data file itself leaves each item out."
        ),
    ] = None,
    literature: Annotated[
        bool, typer.Option("--with-literature", help="Give a planner the literature tools, and PubMedQA's abstracts.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="Ask only so many, drawn by the seed.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="S", min=0, help="Of every draw.")] = 0,
    vocabulary: Annotated[
        Path | None,
        typer.Option(
            "--vocabulary", metavar="FILE", help="SciBERT's vocab.txt, by whose pieces the papers count captions."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for answers and tables; one in this folder if absent."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the evaluation that is there.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Open no network connection, also not to a model.")
    ] = False,
) -> None:
    """Measure a planner, a model or a baseline on a public question set."""
    chosen = [f"--{name}" for name, on in (("planner", planner), ("model", model), ("baseline", baseline)) if on]
    if len(chosen) > 1:
        raise typer.BadParameter(f"choose one of {' and '.join(chosen)}.")
    if literature and (model or baseline):
        raise typer.BadParameter(
            "the literature tools are a planner's: --planner NAME --with-literature. "
            "A model alone is given PubMedQA's abstract in any case."
        )
    if train is not None and baseline is None:
        raise typer.BadParameter("a training file is for a baseline: --baseline nearest --train FILE.")
    from .evaluation_work import Wish, evaluate_and_show

    code = evaluate_and_show(
        Wish(
            task=task.value,
            data=data,
            planner=planner,
            model=model,
            baseline=baseline.value if baseline else "",
            train=train,
            literature=literature,
            limit=limit,
            seed=seed,
            vocabulary=vocabulary,
            out=out,
            resume=resume,
            as_json=as_json,
            offline=offline,
        )
    )
    if code:
        raise typer.Exit(code)
