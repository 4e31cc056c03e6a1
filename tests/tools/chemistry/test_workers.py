import asyncio
import gc
import os
import signal
import threading
import time
import weakref

import pytest
from biocopilot.memory.errors import DeadlineExceeded, InvalidStructure, WorkerDied
from biocopilot.tools.chemistry.workers import ChemistryWorkers

SLOW = {"smarts": f"*1{'~*' * 40}~1", "structures": ["C1CC2CC1C1CCC2C1" * 10]}
"""A search for a ring of 41 atoms in a chain of small rings, which takes far longer than any test waits."""


@pytest.fixture
def workers():
    opened = ChemistryWorkers(2)
    yield opened
    opened.close()


async def test_calls_run_side_by_side_in_processes_of_their_own(workers):
    found = await asyncio.gather(
        *(workers.call("parse", {"structure": text}) for text in ("CCO", "c1ccccc1", "CC(=O)O"))
    )
    assert [item["smiles"] for item in found] == ["CCO", "c1ccccc1", "CC(=O)O"]
    assert 1 <= len(workers.process_ids()) <= 2
    assert os.getpid() not in workers.process_ids()


async def test_errors_cross_with_class_message_and_hint(workers):
    with pytest.raises(InvalidStructure, match="parenthesis") as caught:
        await workers.call("parse", {"structure": "C1CC("})
    assert caught.value.hint


async def test_a_call_past_its_deadline_is_killed_and_the_next_one_works(workers):
    await workers.call("parse", {"structure": "CCO"})
    before = set(workers.process_ids())
    started = time.perf_counter()
    with pytest.raises(DeadlineExceeded, match=r"0\.3 s"):
        await workers.call("substructure", SLOW, deadline_s=0.3)
    assert time.perf_counter() - started < 1.5
    assert (await workers.call("parse", {"structure": "CCO"}))["smiles"] == "CCO"
    assert not before <= set(workers.process_ids())


async def test_cancelling_kills_the_process_within_a_tenth_of_a_second(workers):
    await workers.call("parse", {"structure": "CCO"})
    (victim,) = workers.process_ids()
    task = asyncio.create_task(workers.call("substructure", SLOW, deadline_s=60))
    await asyncio.sleep(0.1)
    started = time.perf_counter()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.perf_counter() - started < 0.1
    for _ in range(100):
        if victim not in workers.process_ids():
            break
        await asyncio.sleep(0.01)
    assert victim not in workers.process_ids()
    assert (await workers.call("parse", {"structure": "CCO"}))["smiles"] == "CCO"


async def test_nobody_is_told_of_the_end_of_a_cancelled_call(workers):
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["message"]))
    task = asyncio.create_task(workers.call("substructure", SLOW, deadline_s=60))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    for _ in range(20):
        await asyncio.sleep(0.02)
        gc.collect()
    assert told == []


async def test_a_process_killed_from_outside_fails_its_call_with_a_reason(workers):
    await workers.call("parse", {"structure": "CCO"})
    (victim,) = workers.process_ids()
    task = asyncio.create_task(workers.call("substructure", SLOW, deadline_s=60))
    await asyncio.sleep(0.1)
    os.kill(victim, signal.SIGKILL)
    with pytest.raises(WorkerDied, match="substructure"):
        await task
    assert (await workers.call("parse", {"structure": "CCO"}))["smiles"] == "CCO"


async def test_a_process_that_died_while_idle_is_replaced_unnoticed(workers):
    await workers.call("parse", {"structure": "CCO"})
    (victim,) = workers.process_ids()
    os.kill(victim, signal.SIGKILL)
    for _ in range(100):
        if not workers.process_ids():
            break
        await asyncio.sleep(0.01)
    assert (await workers.call("parse", {"structure": "CCO"}))["smiles"] == "CCO"


def test_threads_and_event_loops_may_share_the_workers(workers):
    results = []

    def ask(text):
        results.append(asyncio.run(workers.call("parse", {"structure": text}))["smiles"])

    threads = [threading.Thread(target=ask, args=("C" * size,)) for size in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results, key=len) == ["C" * size for size in range(1, 9)]


def test_call_blocking_keeps_a_deadline_too(workers):
    with pytest.raises(DeadlineExceeded):
        workers.call_blocking("substructure", SLOW, deadline_s=0.3)
    assert workers.call_blocking("parse", {"structure": "CCO"})["smiles"] == "CCO"


def test_close_ends_the_processes(workers):
    workers.warm_up()
    (process,) = workers.process_ids()
    workers.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_calls_that_wait_for_a_process_start_none_when_they_are_cancelled_or_all_is_closed():
    for close_first in (False, True):
        single = ChemistryWorkers(1)
        tasks = [asyncio.create_task(single.call("substructure", SLOW, deadline_s=60)) for _ in range(6)]
        await asyncio.sleep(0.3)
        if close_first:
            single.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        single.close()
        for _ in range(20):
            await asyncio.sleep(0.02)
            assert single.process_ids() == []


def test_closed_workers_are_let_go_of():
    opened = ChemistryWorkers(1)
    opened.warm_up()
    opened.close()
    seen = weakref.ref(opened)
    del opened
    gc.collect()
    assert seen() is None


def test_a_worker_gets_no_secrets_and_ends_when_its_parent_does(workers, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "abc")
    workers.warm_up()
    (process,) = workers.process_ids()
    environment = f"/proc/{process}/environ"
    if os.path.exists(environment):
        with open(environment, "rb") as file:
            assert b"SECRET_KEY" not in file.read()


@pytest.mark.parametrize(
    "structure",
    ["", " ", "\n", "CCO CCN", "CCO\nCCN", "CCO\x00", "C" * 3000, "C" * 1_000_000, "C" * 1001, "(" * 1000, "[C+99999]",
     "C(C)(C)(C)(C)C", "c1ccc1c", "C1CC", "[Xx]", "C%", "héllo", "InChI=1S/rubbish"],
)  # fmt: skip
async def test_bad_structures_are_refused_at_once_with_a_reason(workers, structure):
    started = time.perf_counter()
    with pytest.raises(InvalidStructure) as caught:
        await workers.call("parse", {"structure": structure})
    assert time.perf_counter() - started < 5
    assert len(caught.value.message) < 300
    assert caught.value.hint


@pytest.mark.parametrize("smarts", ["", "[", "C" * 501, "[$(" * 11 + "C" + ")]" * 11, "C C", "[#9999999]X"])
async def test_bad_patterns_are_refused(workers, smarts):
    with pytest.raises(InvalidStructure):
        await workers.call("check_pattern", {"smarts": smarts})


async def test_the_largest_allowed_structure_is_answered(workers):
    found = await workers.call("properties", {"structure": "C" * 1000, "wanted": ["heavy_atoms"], "rules": False})
    assert found["properties"]["heavy_atoms"]["value"] == 1000
