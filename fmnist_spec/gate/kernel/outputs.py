"""What a cell prints and shows, kept as text in nbformat's form; as much as fits."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

from fmnist_spec.gate.textual import on_screen
from fmnist_spec.gate.trace import LONGEST_OUTPUT

if TYPE_CHECKING:
    from fmnist_spec.gate.kernel.shell import Shell

MOST_OUTPUTS = 1_000  # of a cell that are kept: more than any reader looks at


class Outputs:
    """What one cell printed and showed. Its length in all is bounded, and so is its number."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self._room, self._can_shrink = LONGEST_OUTPUT, True

    @property
    def text(self) -> str:
        """All that was printed."""
        return "".join(one.get("text", "") for one in self.kept)

    def stream(self, name: str, text: str) -> None:
        """Keep what was printed."""
        if len(text) > self._room:
            self._forget_overwritten()
        text = self._fit(text)
        if text and self.kept and self.kept[-1].get("name") == name:
            self.kept[-1]["text"] += text
        elif text:
            self._keep({"output_type": "stream", "name": name, "text": text})

    def _forget_overwritten(self) -> None:
        """Make room: of a progress bar, which is written a thousand times, keep what is seen."""
        for one in self.kept[-1:] if self._can_shrink else ():
            old = one.get("text", "")
            *lines, last = old.split("\n")
            open_end = last[len(last.rstrip("\r\b")) :]  # what comes next is written over it
            one["text"] = "\n".join([*map(on_screen, lines), on_screen(last) + open_end])
            more = len(old) - len(one["text"])
            self._room += more
            self._can_shrink = more > LONGEST_OUTPUT // 4  # else it would be tried again and again

    def shown(self, kind: str, text: str) -> None:
        """Keep what was displayed."""
        self._keep({"output_type": kind, "data": {"text/plain": self._fit(text)}})

    def _keep(self, output: dict[str, Any]) -> None:
        if len(self.kept) < MOST_OUTPUTS:
            self.kept.append(output)

    def _fit(self, text: str) -> str:
        text = text[: self._room]
        self._room -= len(text)
        return text


class Stream(io.TextIOBase):
    """Standard output or standard error of the cells."""

    encoding = "utf-8"

    def __init__(self, shell: Shell, name: str) -> None:
        self._shell, self._name = shell, name

    def write(self, text: str) -> int:
        """Keep a text."""
        self._shell.outputs.stream(self._name, text)
        return len(text)


class Publisher(DisplayPublisher):  # type: ignore[misc]
    """What ``display()`` writes to."""

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        """Keep the text of what is displayed."""
        self.shell.outputs.shown("display_data", str(data.get("text/plain", "")))


class Hook(DisplayHook):  # type: ignore[misc]
    """What the value of a cell's last line is given to."""

    def write_output_prompt(self) -> None:
        """Write none."""

    finish_displayhook = write_output_prompt  # nor a line's end

    def write_format_data(self, data: dict[str, Any], *_: Any) -> None:
        """Keep the text of the value."""
        self.shell.outputs.shown("execute_result", str(data.get("text/plain", "")))
