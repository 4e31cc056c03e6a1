"""Questions about the program itself, and those that nothing here can answer."""

from __future__ import annotations

from ..contract import Aside, Part, Sentence
from ..frames import KINDS, Frame
from .elsewhere import nodes_for, tell
from .literature import beside, look_beside, nearest_beside
from .plan import Node, Results, Section
from .words import join, misses, number

__all__ = ["DataStatus", "Help", "Unsupported"]

_NOT_HERE = (
    "Nothing here can answer that. Biocopilot computes with structures and sequences and looks up drugs, targets,"
    " measured activities, articles and trials; it does not plan syntheses, dock, design primers or advise on treatment."
)


class DataStatus:
    """`data_status`: which sources and releases answers come from."""

    def plan(self, frame: Frame) -> list[Node]:
        return [Node("sources", "data_sources", {})]

    def compose(self, frame: Frame, results: Results) -> Section:
        item = results.found("sources")
        if item is None:
            return Section(tuple(misses([results.get("sources")])), "unknown")
        parts: list[Part] = []
        for source in item.record["sources"]:
            counts = join(f"{number(count)} {what}" for what, count in source["counts"].items() if count)
            held = f", with {counts}" if counts else ""
            text = f"{source['name']}, release {source['release']} ({source['licence']}){held}."
            parts.append(Sentence(text, (item.id,)))
        return Section(tuple(parts), "answered")


class Help(DataStatus):
    """`help`: where answers come from, then the kinds of question."""

    def compose(self, frame: Frame, results: Results) -> Section:
        section = super().compose(frame, results)
        kinds = "\n".join(f"- {text}" for kind, text in KINDS.items() if kind not in ("help", "unsupported"))
        return Section((*section.parts, Aside("You can ask for"), Aside(kinds)), section.status)


class Unsupported:
    """`unsupported`: what a live source or the library may know is asked there, the rest is said plainly."""

    def plan(self, frame: Frame) -> list[Node]:
        return nodes_for(frame) or look_beside(frame)

    def compose(self, frame: Frame, results: Results) -> Section:
        if nodes_for(frame):
            return tell(frame, results)
        return beside(frame, results) or Section((*nearest_beside(frame, results), Aside(_NOT_HERE)), "unknown")
