"""What loading takes: memory and seconds, of a checkpoint of the official layout and true widths with few layers.

    python -m benchmarks.loading --layers 6

Each way of loading runs in a process of its own, which imports everything first. Then its peak is reset, the model is loaded and asked
once, and the parent reads two figures: the peak of all pages (VmHWM), pages of mapped files among them, and the peak of
the process's own memory (RssAnon, looked at every 10 ms), which the system cannot drop. Peers load the same file.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .measure import Measured, Row, report

__all__ = ["measure"]

_GB = 1e9
_ROOM_GB = 2.0
"""What loading may take beside the model."""

WAYS = {
    "ours": "BioMedGPT, fp16 archive kept in fp16 (mapped)",
    "ours_bf16": "BioMedGPT, fp16 archive to bf16 (copied)",
    "ours_parts": "BioMedGPT, archive in three parts, to bf16",
    "ours_int4": "BioMedGPT, converted to int4",
    "peer_reference": "peer: built in fp32, halved, torch.load + load_state_dict, as the reference does",
    "peer_assign": "peer: meta device, torch.load(mmap=True) + load_state_dict(assign=True), to bf16",
    "ours_lm": "language model, fp32 shards to bf16 (copied)",
    "peer_lm": "peer: transformers' from_pretrained of the same shards, to bf16",
}
CONVERT = "convert_int4"


def measure(quick: bool, layers: int = 0, repeats: int = 1) -> Measured:
    """Peaks of memory in GB."""
    layers = layers or (1 if quick else 6)
    rows, notes = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = _child("make", folder, layers)
        converted = _child(CONVERT, folder, layers)
        for way, title in WAYS.items():
            runs = [_child(way, folder, layers) for _ in range(repeats)]
            size = runs[0]["loaded"] / _GB
            all_pages = [run["peak"] / _GB for run in runs]
            rows.append(Row.of(f"{title}: all pages", all_pages, size + _ROOM_GB if way.startswith("ours") else None))
            rows.append(Row.of(f"{title}: own memory", [run["peak_own"] / _GB for run in runs]))
            seconds = sorted(run["seconds"] for run in runs)[len(runs) // 2]
            notes.append(f"{title}: {size:.2f} GB of weights, {seconds:.1f} CPU s to load them")
        notes.insert(
            0, f"the archive has {made['file'] / _GB:.2f} GB: {layers} layers of each model in their true widths"
        )
        notes.append(
            f"converting it to int4: {converted['seconds']:.0f} CPU s, all pages {converted['peak'] / _GB:.2f} GB,"
            f" own memory {converted['peak_own'] / _GB:.2f} GB, file {converted['loaded'] / _GB:.2f} GB"
        )
    ratios = {
        f"all pages, {name} / ours": _median(rows, WAYS[peer], "all pages") / _median(rows, WAYS[own], "all pages")
        for name, peer, own in (
            ("the reference's way", "peer_reference", "ours_bf16"),
            ("load_state_dict(assign=True)", "peer_assign", "ours_bf16"),
            ("from_pretrained", "peer_lm", "ours_lm"),
        )
    }
    return Measured("loading", "GB at the peak of loading and one question", tuple(rows), ratios, tuple(notes))


def _median(rows: list[Row], title: str, figure: str) -> float:
    return next(row.median for row in rows if row.what == f"{title}: {figure}")


def _child(way: str, folder: Path, layers: int) -> dict[str, float]:
    """Run one way in a process, look at its memory meanwhile, and return what it and the system say."""
    command = [sys.executable, "-m", "benchmarks.loading_child", way, str(folder), str(layers)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        if child.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{way} ended before it began")
        proc = Path(f"/proc/{child.pid}")
        (proc / "clear_refs").write_text("5")  # the peak begins anew
        before = _status(proc)
        child.stdin.write("go\n")
        child.stdin.flush()
        own = 0
        for status in _watched(proc, child):
            own = max(own, status.get("RssAnon", 0))
            if (proc / "fd").exists() and _has_line(child):
                break
        told = json.loads(child.stdout.readline())
        after = _status(proc)
        child.stdin.write("end\n")
        child.stdin.close()
    if child.returncode:
        raise RuntimeError(f"{way} ended with {child.returncode}")
    return {
        **told,
        "peak": after["VmHWM"] - before["VmRSS"],
        "peak_own": max(own, after["RssAnon"]) - before["RssAnon"],
    }


def _watched(proc: Path, child: subprocess.Popen[str]) -> Iterator[dict[str, int]]:
    while child.poll() is None:
        yield _status(proc)
        time.sleep(0.01)


def _has_line(child: subprocess.Popen[str]) -> bool:
    import select

    return bool(select.select([child.stdout], [], [], 0)[0])


def _status(proc: Path) -> dict[str, int]:
    """Sizes in bytes."""
    found = {}
    for line in (proc / "status").read_text("ascii").splitlines():
        name, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            found[name] = int(rest.split()[0]) * 1024
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    report(measure(False, given.layers, given.repeats), given.keep)
