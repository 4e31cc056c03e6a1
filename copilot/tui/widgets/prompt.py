"""The prompt: a question of several lines, history of what was asked, completion of commands, files, tools and names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from ..completing import Completion, Word, word_at
from ..registry import COMMANDS, command_named
from .completions import Completions

__all__ = ["PromptBox"]


def _program_keys() -> Iterator[tuple[str, list[str], str]]:
    """Keys of the program that a text area has another use for. By their ids a keymap changes them here as it does in the program."""
    for command in COMMANDS:
        keys = [key for key in command.keys if key.startswith(("ctrl+", "f")) and key != "ctrl+z"]
        if keys:
            yield command.name, keys, f"app.{command.action}"


_KEYS = {"enter": "send", "tab": "complete", "ctrl+j": "newline", "shift+enter": "newline"}


class PromptBox(TextArea):
    """Enter sends, Ctrl+J or Shift+Enter makes a new line, ↑ and ↓ at the edges go through what was asked before."""

    HELP = "Enter sends, Ctrl+J makes a new line, ↑ gives earlier questions, / begins a command, @ names a file, Tab completes."

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "undo_or_suspend", "Undo", show=False),
        Binding("ctrl+c,super+c", "copy_or_interrupt", "Copy", show=False),
        *(Binding(",".join(keys), action, show=False, id=name) for name, keys, action in _program_keys()),
    ]

    class Sent(Message):
        """What was typed, to be asked or done."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, **named: str) -> None:
        super().__init__(placeholder="Ask, or / for commands, @ for a file", compact=True, **named)  # type: ignore[arg-type]
        self.asked: list[str] = []
        self.citing = False
        """Whether a citation of an answer is on show, so that `[` in the empty prompt means the one before."""
        self._at: int | None = None
        self._draft = ""

    class Completing(Message):
        """The word before the cursor could be completed; `asked` by Tab, else while it is typed. None: there is no such word."""

        def __init__(self, word: Word | None, asked: bool) -> None:
            super().__init__()
            self.word, self.asked = word, asked

    class CitationMeant(Message):
        """A bracket in the empty prompt: the next citation is meant, or the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    class Upwards(Message):
        """Tab where nothing is typed, or ↑ where nothing was asked before: whatever is above the prompt is meant."""

    def action_send(self) -> None:
        if self._completes():
            self.take()
            return
        text = self.text.strip()
        if not text:
            return
        if not self.asked or self.asked[-1] != text:
            self.asked.append(text)
        self._at, self._draft = None, ""
        self.clear()
        self.post_message(self.Sent(text))

    def _completes(self) -> bool:
        """Whether Enter takes the completion: what begins a command or a workflow does, a whole name needs none."""
        word, chosen = self.completions.word, self.completions.chosen
        if word is None or chosen is None:
            return False
        if word.kind == "command":
            return command_named(self.text.strip()) is None
        return word.kind in ("workflow", "input") and word.text not in ("", chosen.text.strip())

    def completing(self, word: Word, found: Sequence[Completion]) -> None:
        """Offer what was looked for, unless something else was typed meanwhile."""
        if self._word() == word:
            self.completions.offer(word, found)

    def action_copy_or_interrupt(self) -> None:
        """Copy what is selected, here or elsewhere on the screen; where nothing is, it is the program that is meant."""
        if self.selected_text:
            self.action_copy()
        elif text := self.screen.get_selected_text():
            self.app.copy_to_clipboard(text)
        else:
            self.app.call_later(self.app.run_action, "interrupt")

    def action_undo_or_suspend(self) -> None:
        """Undo what was typed; where nothing is, put the program into the background."""
        if self.text:
            self.action_undo()
        else:
            self.app.call_later(self.app.run_action, "suspend_process")

    def action_newline(self) -> None:
        self.insert("\n")

    @property
    def completions(self) -> Completions:
        """The list above the prompt."""
        return self.screen.query_one(Completions)

    def action_complete(self) -> None:
        """Take what the list's bar is on, or ask for a list; with nothing typed, go to what is above."""
        if self.completions.open:
            self.take()
        elif not self.text:
            self.post_message(self.Upwards())
        else:
            self.post_message(self.Completing(self._word(), True))

    def take(self) -> None:
        """Put the chosen completion in the place of the word before the cursor."""
        chosen, word = self.completions.chosen, self.completions.word
        row, column = self.cursor_location
        self.completions.offer(None, ())
        if chosen is not None and word is not None:
            self.replace(chosen.text, (row, word.start), (row, column))
            if chosen.text.endswith("/"):
                self.post_message(self.Completing(self._word(), True))

    def on_text_area_changed(self, _event: TextArea.Changed) -> None:
        self.post_message(self.Completing(self._word(), False))

    def _word(self) -> Word | None:
        row, column = self.cursor_location
        return word_at(self.document.get_line(row)[:column], row == 0)

    def put(self, text: str) -> None:
        """Have this text there, the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        """Keys that mean another thing here. As bindings they would overtake the letters that were typed, or pasted, before them."""
        row = self.cursor_location[0]
        action = _KEYS.get(event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.run_action(action)
            return
        if self.completions.open and event.key in ("up", "down", "escape"):
            if event.key == "escape":
                self.completions.offer(None, ())
            else:
                self.completions.move(-1 if event.key == "up" else 1)
            event.stop()
            event.prevent_default()
            return
        if event.key == "up" and row == 0 and self._recall(-1):
            event.stop()
            event.prevent_default()
            return
        if event.key == "up" and row == 0 and not self.asked:
            self.post_message(self.Upwards())
        if not self.text and event.key in ("right_square_bracket", "left_square_bracket"):
            by = 1 if event.key == "right_square_bracket" else -1
            if by > 0 or self.citing:  # a question may begin with a bracket, as a SMILES does; with a closing one, none
                self.post_message(self.CitationMeant(by))
                event.stop()
                event.prevent_default()
                return
        if event.key == "down" and row == self.document.line_count - 1 and self._recall(1):
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def _recall(self, by: int) -> bool:
        if self._at is None:
            if by > 0 or not self.asked:
                return False
            self._draft, self._at = self.text, len(self.asked)
        at = self._at + by
        if at < 0:
            return True
        if at >= len(self.asked):
            self._at = None
            self.put(self._draft)
            return True
        self._at = at
        self.put(self.asked[at])
        return True
