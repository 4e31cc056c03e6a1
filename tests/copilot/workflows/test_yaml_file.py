from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from biocopilot.copilot.workflows.contract import Finished, Workflow
from biocopilot.copilot.workflows.engine import run_workflow
from biocopilot.copilot.workflows.yaml_file import parse_yaml, read_workflow
from biocopilot.copilot.workflows.yaml_run import as_workflow
from biocopilot.memory.errors import FileRefused, InvalidInput, NotFound
from biocopilot.tools.workbench import Workbench

EXAMPLE = Path(__file__).parents[3] / "examples" / "kinases.yaml"

HEAD = """\
workflow: weights
inputs:
  things: {type: texts}
  most: {type: integer, default: 5}
steps:
"""


def refused(steps: str, head: str = HEAD) -> str:
    with pytest.raises(InvalidInput) as caught:
        parse_yaml(head + steps, "w.yaml")
    return caught.value.message


def run(flow: Workflow, given: dict[str, Any], folder: Path, tools: Any = None) -> Finished:
    with Workbench() as bench:
        return asyncio.run(run_workflow(flow, given, folder, bench=bench, tools=tools, offline=True))


@pytest.mark.parametrize(
    ("steps", "place", "what"),
    [
        ("  a: {tool: target_profil}\n", "line 6, column 13", "there is no tool called 'target_profil'"),
        ("  a:\n    tool: target_profile\n    arguments: {target: [1, 2]}\n", "line 8, column 25", "target"),
        ("  a:\n    tool: target_activities\n    arguments: {target: EGFR, most: many}\n", "line 8, column 37", "most"),
        ("  a:\n    tool: target_activities\n    arguments: {target: EGFR, top: 3}\n", "line 8, column 36", "top"),
        ("  a: {tool: target_profile}\n", "line 6, column 3", "target is missing"),
        ("  a:\n    tool: target_profile\n    arguments: {target: {$ref: inputs.things}}\n", "line 8, column 32",
         "takes string for target, and inputs.things is of type texts"),
        ("  a:\n    tool: target_profile\n    arguments: {target: {$ref: inputs.gene}}\n", "line 8, column 32",
         "there is no input 'gene'"),
        ("  a:\n    tool: target_profile\n    arguments: {target: {$ref: b.record.x}}\n"
         "  b:\n    tool: target_profile\n    arguments: {target: {$ref: a.record.x}}\n", "line 11, column 32",
         "in a circle: a → b → a"),
        ("  a:\n    tool: target_profile\n    arguments: {target: {$ref: a.record.x}}\n", "line 8, column 32",
         "in a circle: a → a"),
        ("  a:\n    tool: target_profile\n    arguments: {target: {$ref: c.record.x}}\n", "line 8, column 32",
         "there is no step or row 'c' here"),
        ("  a:\n    for: {$ref: inputs.most}\n    steps:\n      b: {tool: data_sources}\n", "line 7, column 10",
         "is of type integer, and a for goes over texts or a table"),
        ("  a:\n    for: {$ref: inputs.things}\n    steps:\n      b: {tool: data_sources}\n"
         "  c:\n    tool: target_profile\n    arguments: {target: {$ref: a.record.x}}\n", "line 12, column 32",
         "'a' is a loop"),
        ("  a: {tool: data_sources}\n  b:\n    tool: target_profile\n    arguments: {target: {$ref: a.name}}\n",
         "line 9, column 32", "a.name is nothing that a step has"),
        ("  a: {tool: data_sources, when: {$ref: inputs.most, above: few}}\n", "line 6, column 60", "above takes a number"),
        ("  a: {tool: data_sources}\n  a: {tool: data_sources}\n", "line 7, column 3", "'a' stands here twice"),
        ("  a: {tool: data_sources, whan: 1}\n", "line 6, column 27", "a step has no 'whan'"),
        ("  a: &x {tool: data_sources}\n  b: *x\n", "line 6, column 6", "anchors and aliases"),
        ("  a: !!python/object:os.system {}\n", "line 6, column 6", "the tag"),
        ("  a: [\n", "line 7, column 1", "this is no YAML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_line_and_column(steps: str, place: str, what: str) -> None:
    message = refused(steps)
    assert message.startswith(f"w.yaml, {place}: "), message
    assert what in message


def test_a_wrong_default_and_a_tool_that_writes_are_refused() -> None:
    assert "the default is text, and the input is of type integer" in refused(
        "", "workflow: a\ninputs:\n  n: {type: integer, default: '3'}\nsteps: {a: {tool: data_sources}}\n"
    )
    assert "writes a file" in refused("  a:\n    tool: draw_molecule\n    arguments: {molecule: CCO, to: x.svg}\n")


def test_steps_stand_after_what_they_refer_to() -> None:
    parsed = parse_yaml(
        HEAD
        + "  late:\n    tool: target_profile\n    arguments: {target: {$ref: early.record.target.gene}}\n"
        + "  early:\n    tool: target_profile\n    arguments: {target: EGFR}\n",
        "w.yaml",
    )
    assert [step.id for step in parsed.steps] == ["early", "late"]


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="There is no file"):
        read_workflow(tmp_path / "no.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileRefused, match="cannot be read"):
        read_workflow(tmp_path / "bytes.yaml")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    with pytest.raises(InvalidInput, match="is empty"):
        read_workflow(tmp_path / "empty.yaml")


def test_dates_and_names_stay_the_text_that_they_are() -> None:
    parsed = parse_yaml(
        "workflow: a\nsteps:\n  a:\n    tool: target_profile\n    arguments: {target: 2024-01-02}\n", "w"
    )
    assert parsed.steps[0].arguments == {"target": "2024-01-02"}  # type: ignore[union-attr]  # a call


def test_the_example_runs_over_the_starter_set(tmp_path: Path) -> None:
    finished = run(read_workflow(EXAMPLE), {"genes": ["EGFR", "NOSUCH", "BTK"]}, tmp_path / "run")
    assert finished.status == "answered"
    table = [[row[name].value for name in finished.report.columns] for row in finished.report.rows]
    assert [line[:2] for line in table] == [["EGFR", "P00533"], ["NOSUCH", None], ["BTK", "Q06187"]]
    assert all(line[2] > 0 and line[3] > 0 for line in (table[0], table[2]))
    assert finished.report.rows[0]["accession"].evidence == ("E1",)
    assert finished.report.rows[1]["drugs"].evidence == ()  # left out, since who it is was not found
    assert [step.tool for step in finished.steps if step.arguments["target"] == "NOSUCH"] == ["target_profile"]
    assert finished.again.startswith("biocopilot workflow run ")


def weighing(scripted: ModuleType, tmp_path: Path) -> dict[str, Any]:
    return {"weigh": scripted.weigh_tool(tmp_path / "log")}


def parsed_over(scripted: ModuleType, tmp_path: Path, steps: str, head: str = HEAD) -> Workflow:
    return as_workflow(parse_yaml(head + steps, "w.yaml", weighing(scripted, tmp_path)))


def test_a_loop_goes_over_the_rows_of_a_table_and_lists_the_row_that_lacks_a_column(
    scripted: ModuleType, tmp_path: Path
) -> None:
    flow = parsed_over(
        scripted,
        tmp_path,
        "  each:\n    for: {$ref: inputs.file}\n    steps:\n"
        "      w:\n        tool: weigh\n        arguments: {thing: {$ref: row.name}}\n"
        "results:\n  for: each\n  columns:\n    weight: {$ref: w.record.weight_g}\n",
        "workflow: table\ninputs:\n  file: {type: table}\nsteps:\n",
    )
    (tmp_path / "t.csv").write_bytes('\ufeffname;n\r\nlead;1\r\n"a; b";2\r\n'.encode())
    finished = run(flow, {"file": str(tmp_path / "t.csv")}, tmp_path / "run", weighing(scripted, tmp_path))
    assert [row["weight"].value for row in finished.report.rows] == [406, sum(map(ord, "a; b"))]
    (tmp_path / "u.csv").write_text("thing\nlead\n", encoding="utf-8")
    lacking = run(flow, {"file": str(tmp_path / "u.csv")}, tmp_path / "other", weighing(scripted, tmp_path))
    assert lacking.status == "partial"
    assert lacking.failures[0].message == "row.name leads to nothing: there is no 'name'."


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("{$ref: a.matched, above: 0}", True),
        ("{$ref: a.matched, above: 1}", False),
        ("{$ref: a.record.weight_g, below: 1000}", True),
        ("{$ref: a.record.thing, in: [lead, iron]}", True),
        ("{$ref: a.record.thing, not: lead}", False),
        ("{$ref: a.record.nothing}", False),
        ("{$ref: a.record.thing}", True),
    ],
)
def test_a_condition_decides_whether_a_step_is_done(
    scripted: ModuleType, tmp_path: Path, condition: str, held: bool
) -> None:
    flow = parsed_over(
        scripted,
        tmp_path,
        "  a: {tool: weigh, arguments: {thing: lead}}\n"
        f"  b: {{tool: weigh, arguments: {{thing: iron}}, when: {condition}}}\n"
        "  c: {tool: weigh, arguments: {thing: {$ref: b.record.thing}}}\n",
    )
    finished = run(flow, {"things": []}, tmp_path / "run", weighing(scripted, tmp_path))
    assert [step.arguments["thing"] for step in finished.steps] == (["lead", "iron"] if held else ["lead"])


def test_loops_stand_within_loops(scripted: ModuleType, tmp_path: Path) -> None:
    flow = parsed_over(
        scripted,
        tmp_path,
        "  outer:\n    for: {$ref: inputs.things}\n    as: thing\n    steps:\n"
        "      inner:\n        for: [light, heavy]\n        as: how\n        steps:\n"
        "          w: {tool: weigh, arguments: {thing: {$ref: how}}}\n"
        "          v: {tool: weigh, arguments: {thing: {$ref: thing}}}\n",
    )
    finished = run(flow, {"things": ["lead", "iron"]}, tmp_path / "run", weighing(scripted, tmp_path))
    assert {step.arguments["thing"] for step in finished.steps} == {"light", "heavy", "lead", "iron"}
    assert len(finished.report.sections) == 8
    assert len({section.id for section in finished.report.sections}) == 8


SIDE_BY_SIDE = """\
  late: {tool: weigh, arguments: {thing: late}, when: {$ref: slow.matched, above: 0}}
  slow: {tool: weigh, arguments: {thing: slow one}}
  quick: {tool: weigh, arguments: {thing: quick}}
  each:
    for: {$ref: inputs.things}
    as: thing
    steps:
      w: {tool: weigh, arguments: {thing: {$ref: thing}}}
  broken: {tool: weigh, arguments: {thing: broken}}
  left_out: {tool: weigh, arguments: {thing: {$ref: quick.record.nothing}}}
  again:
    for: [x, y]
    steps:
      v: {tool: weigh, arguments: {thing: {$ref: slow.record.thing}}}
"""


def meeting(scripted: ModuleType, folder: Path, most: int, order: list[str]) -> Any:
    """A tool that ends in an order of its own: `slow one` waits until `quick` and `lead` were weighed, where so many may be at once."""
    folder.mkdir()
    tool = scripted.weigh_tool(folder / "log")
    weighed = {name: asyncio.Event() for name in ("quick", "lead")}
    gate = asyncio.Semaphore(most)

    async def wait(arguments: Any, context: Any) -> Any:
        async with gate:
            if arguments.thing == "slow one" and most > 1:
                async with asyncio.timeout(20):
                    for event in weighed.values():
                        await event.wait()
            found = await tool.run(arguments, context)
            order.append(arguments.thing)
            if arguments.thing in weighed:
                weighed[arguments.thing].set()
            return found

    return {"weigh": replace(tool, run=wait)}


def test_steps_that_do_not_refer_to_each_other_run_side_by_side_and_come_to_the_same(
    scripted: ModuleType, tmp_path: Path
) -> None:
    found, orders = {}, {1: list[str](), 8: list[str]()}
    for most, order in orders.items():
        tools = meeting(scripted, tmp_path / f"tools{most}", most, order)
        (tmp_path / f"tools{most}" / "broken.broken").touch()
        flow = as_workflow(parse_yaml(HEAD + SIDE_BY_SIDE, "w.yaml", tools))
        found[most] = run(flow, {"things": ["lead", "iron"]}, tmp_path / f"run{most}", tools)
    assert orders[8].index("slow one") > max(orders[8].index("quick"), orders[8].index("lead"))
    assert orders[8][-1] == "late"
    assert orders[1].index("slow one") == 0
    assert [step.arguments["thing"] for step in found[8].steps] == [
        "slow one",
        "late",
        "quick",
        "lead",
        "iron",
        "broken",
    ]
    assert [note.text.partition(":")[0] for note in found[8].notes] == ["weigh broken failed", "left_out was left out"]
    for name in ("report.md", "report.html", "methods.md"):
        made = [(tmp_path / f"run{most}" / name).read_text() for most in orders]
        assert made[0] == made[1], name
    assert len(found[8].report.sections) == 2 + 1 + 2 + 1 + 2


def test_an_error_in_one_of_the_steps_side_by_side_ends_the_run(scripted: ModuleType, tmp_path: Path) -> None:
    flow = parsed_over(
        scripted,
        tmp_path,
        "  a: {tool: weigh, arguments: {thing: lead}}\n"
        "  b:\n    for: {$ref: a.record.thing}\n    steps:\n      w: {tool: weigh, arguments: {thing: {$ref: row}}}\n"
        "  c:\n    for: {$ref: inputs.things}\n    steps:\n      v: {tool: weigh, arguments: {thing: {$ref: row}}}\n",
    )
    with pytest.raises(NotFound, match=r"a\.record\.thing is no list"):
        run(flow, {"things": ["lead"]}, tmp_path / "run", weighing(scripted, tmp_path))
