"""What the copilot works with: the library, the stores, and whether everything is well; each on a screen of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.content import Content

from .checking import CheckingApp
from .screens.report import ReportScreen

if TYPE_CHECKING:
    from ..cli.checks import Check

__all__ = ["SurroundingsApp"]

_SIGNS = {"good": ("✓", "$text-success"), "bad": ("✗", "bold $text-error"), "note": ("·", "")}
_FURTHER = {"chembl": "all of ChEMBL", "uniprot": "all of Swiss-Prot", "hgnc": "all human gene names"}


class SurroundingsApp(CheckingApp):
    """The screen, with ways to look around it."""

    def action_library(self) -> None:
        """Look at the library, search it, add to it."""
        from .screens.library import LibraryScreen  # loads the library's reader
        from .shelf import Shelf

        self.push_screen(LibraryScreen(Shelf(self.library)))

    def action_data(self) -> None:
        """What the stores hold, and what gets what is not there."""
        self.push_screen(ReportScreen("Local data", [_stores, _missing]))

    def action_doctor(self) -> None:
        """Check everything, as `biocopilot doctor` does."""
        from ..cli.checks import all_checks

        self.push_screen(ReportScreen("Doctor", [partial(_checked, check) for check in all_checks()]))


def _stores() -> Content:
    """What `data status` says: where a store is in trouble, of the stores alone."""
    from ..cli.store_status import store_lines, store_status, troubled_text

    lines = store_lines()
    troubled = any(line.trouble is not None for line in lines)
    return Content(troubled_text(lines) if troubled else store_status().to_text())


def _missing() -> Content:
    """What could be here and is not, with the command that gets it."""
    from ..cli.store_status import store_lines

    here = {line.name for line in store_lines()}
    lines = [
        Content.assemble(("· ", ""), f"{what} is not here: ", (f"biocopilot data pull {name}", "bold"))
        for name, what in _FURTHER.items()
        if name not in here
    ]
    return Content("\n").join([Content(""), *(lines or [Content("Everything that can be registered is here.")])])


def _checked(check: Check) -> Content:
    finding = check()
    sign, style = _SIGNS[finding.state]
    hint = f"\n    → {finding.hint}" if finding.hint else ""
    return Content.assemble((f"{sign} ", style), (f"{finding.about}: ", "bold"), finding.sentence, hint)
