"""Biocopilot behind HTTP: answers as JSON, a run's events as they happen, and workflows in the background.

    pip install biocopilot fastapi uvicorn
    uvicorn --factory fastapi_app:create_app
    curl localhost:8000/ask --json '{"question": "MW of ibuprofen?"}'
    curl -N localhost:8000/ask/events --json '{"question": "Is erlotinib drug-like?"}'
    curl localhost:8000/workflows/target-dossier --json '{"inputs": {"genes": ["EGFR"]}}'

One `Copilot` serves all requests. A client that goes away stops what it asked for. Put your own authentication in front: whoever can
ask can also name a session, and with it read on in somebody's conversation.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from biocopilot.copilot import Answer, Copilot, workflows
from biocopilot.memory.errors import BiocopilotError, InvalidInput, NotFound, Unavailable
from biocopilot.memory.events import Event
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class Question(BaseModel):
    """What `ask` takes."""

    model_config = ConfigDict(extra="forbid")
    question: str
    session: str | None = None


class Start(BaseModel):
    """What a workflow takes; with `run`, one that was stopped is taken up where it was."""

    model_config = ConfigDict(extra="forbid")
    inputs: dict[str, Any] = Field(default_factory=dict)
    run: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")


class State(BaseModel):
    """How a workflow is getting on."""

    run: str
    workflow: str
    status: str = "running"
    steps: int = 0
    doing: str = ""
    failures: list[str] = Field(default_factory=list)
    error: str = ""


@dataclass
class Background:
    """The workflows under way and those that ended since the server started."""

    folder: Path
    states: dict[str, State] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def start(self, copilot: Copilot, flow: workflows.Workflow, given: Start) -> State:
        """Begin, and return at once."""
        run = given.run or uuid4().hex
        if run in self.tasks and not self.tasks[run].done():
            raise InvalidInput("This run is under way already.", f"GET /workflows/{run} says how far it is.")
        self.states[run] = State(run=run, workflow=flow.name)
        work = self._follow(copilot, flow, given, self.states[run])
        self.tasks[run] = asyncio.create_task(work)
        return self.states[run]

    async def _follow(self, copilot: Copilot, flow: workflows.Workflow, given: Start, state: State) -> None:
        def listen(happening: Any) -> None:
            state.steps += happening.kind == "step"
            state.doing = happening.text
            if happening.kind == "failure":
                state.failures.append(happening.text)

        try:
            finished = await workflows.arun(
                flow,
                given.inputs,
                out=self.folder / state.run,
                copilot=copilot,
                resume=given.run is not None,
                listener=listen,
            )
            state.status = finished.status
        except BiocopilotError as error:
            state.status, state.error = "failed", f"{error.message} {error.hint}".strip()
        except Exception as error:
            state.status, state.error = "failed", f"{type(error).__name__}: {error}"
            raise

    async def stop(self, runs: list[str]) -> None:
        """End these; each can be taken up again."""
        for run in runs:
            self.tasks[run].cancel()
        await asyncio.gather(*(self.tasks[run] for run in runs), return_exceptions=True)
        for run in runs:
            if self.states[run].status == "running":
                self.states[run].status = "cancelled"


def offline_copilot() -> Copilot:
    """Answers from what ships with it, opens no connection, and reads no file because a question names it."""
    return Copilot(planner="embedded", offline=True, named_files=False)


def create_app(open_copilot: Callable[[], Copilot] = offline_copilot, folder: Path = Path("workflow-runs")) -> FastAPI:
    """The application.

    Args:
        open_copilot: makes the copilot when the server starts.
        folder: where each workflow's run gets a folder of its own.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        background = Background(folder)
        with open_copilot() as copilot:
            app.state.copilot, app.state.background = copilot, background
            copilot.warm_up()
            yield
            await background.stop(list(background.tasks))

    app = FastAPI(title="Biocopilot", lifespan=lifespan)
    app.add_exception_handler(BiocopilotError, refusal)
    app.include_router(router)
    return app


router = APIRouter()


async def refusal(_request: Request, error: Exception) -> JSONResponse:
    """What went wrong in a sentence, and what to do about it."""
    assert isinstance(error, BiocopilotError)
    kinds = {InvalidInput: 422, NotFound: 404, Unavailable: 503}
    code = next((code for kind, code in kinds.items() if isinstance(error, kind)), 500)
    return JSONResponse({"error": type(error).__name__, "message": error.message, "hint": error.hint}, code)


@router.post("/ask")
async def ask(asked: Question, request: Request) -> Answer:
    """The answer, as `biocopilot ask --json` prints it."""
    copilot: Copilot = request.app.state.copilot
    return await while_connected(request, copilot.aask(asked.question, session=asked.session))


@router.post("/ask/events")
async def ask_events(asked: Question, request: Request) -> StreamingResponse:
    """The run's events as server-sent events; the last is `run_finished`."""
    copilot: Copilot = request.app.state.copilot
    events = copilot.stream(asked.question, session=asked.session)
    first = await anext(events)  # what is refused is refused here, while there is still a status to say so
    return StreamingResponse(sent(first, events), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def sent(first: Event, events: AsyncGenerator[Event, None]) -> AsyncIterator[str]:
    """Events in the form of the protocol. Starlette cancels this when the client goes, and closing `events` cancels the run."""
    async with aclosing(events):
        yield f"event: {first.type}\ndata: {first.model_dump_json()}\n\n"
        async for event in events:
            yield f"event: {event.type}\ndata: {event.model_dump_json()}\n\n"


@router.post("/workflows/{name}", status_code=202)
async def start_workflow(name: str, given: Start, request: Request) -> State:
    """Start one that ships, by its name. Those that read a file are refused: the path would be one of this server."""
    flow = workflows.find_workflow(name)
    if flow.inputs.files:
        raise InvalidInput(f"{name} reads a file of the server.", "Start it from the command line.")
    background: Background = request.app.state.background
    return background.start(request.app.state.copilot, flow, given)


@router.get("/workflows/{run}")
async def workflow_state(run: str, request: Request) -> State:
    """How far it is."""
    states: dict[str, State] = request.app.state.background.states
    if run not in states:
        raise HTTPException(404, "There is no such run since the server started.")
    return states[run]


@router.delete("/workflows/{run}")
async def stop_workflow(run: str, request: Request) -> State:
    """Stop it; to go on, start it again with the same inputs and `run`."""
    state = await workflow_state(run, request)
    await request.app.state.background.stop([run])
    return state


@router.get("/workflows/{run}/report")
async def workflow_report(run: str, request: Request) -> FileResponse:
    """The finished report: one page that needs nothing else."""
    state = await workflow_state(run, request)
    report = request.app.state.background.folder / state.run / "report.html"
    if state.status == "running" or not report.exists():
        raise HTTPException(409, f"There is no report: the run's status is {state.status}.")
    return FileResponse(report, media_type="text/html")


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled as soon as the client has gone."""
    task, gone = asyncio.create_task(work), asyncio.create_task(disconnected(request))
    try:
        await asyncio.wait((task, gone), return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise HTTPException(499, "The client went away.")
        return task.result()
    finally:
        task.cancel()
        gone.cancel()
        await asyncio.wait((task, gone))


async def disconnected(request: Request) -> None:
    """Returns when the client has gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(create_app())
