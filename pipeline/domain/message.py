"""One text in both languages: Vietnamese for clerks and citizens first, English second."""

from __future__ import annotations

from dataclasses import dataclass

_BETWEEN = " / "


@dataclass(frozen=True, slots=True)
class Message:
    """What a person is told. Both languages are always there; an empty text is empty in both.

    Raises `ValueError` when one half is missing.
    """

    vi: str
    en: str

    def __post_init__(self) -> None:
        if bool(self.vi.strip()) != bool(self.en.strip()):
            raise ValueError("a message has a Vietnamese and an English text")

    def __str__(self) -> str:
        """Both on one line, as records, reports and terminals show it."""
        return f"{self.vi}{_BETWEEN}{self.en}"

    @classmethod
    def parse(cls, text: str) -> Message:
        """The message that `str` wrote. A text that is not one of ours stands for both languages.

        What both halves quote (a path, a date) stands in both, so that the separator between the halves is the middle
        one of an odd number of separators, whatever is quoted.
        """
        parts = text.split(_BETWEEN)
        if len(parts) % 2:
            return cls.same(text)
        half = len(parts) // 2
        return cls(_BETWEEN.join(parts[:half]), _BETWEEN.join(parts[half:]))

    @classmethod
    def same(cls, text: str) -> Message:
        """A text that is the same in both languages: a name, a number, another program's message."""
        return cls(text, text)

    def about(self, what: str) -> Message:
        """Both halves followed by what they are about: `…: what`."""
        return Message(f"{self.vi}: {what}", f"{self.en}: {what}")

    def without(self, text: str) -> Message:
        """Both halves without a text: a folder that does not concern the reader."""
        return Message(self.vi.replace(text, ""), self.en.replace(text, ""))

    def before(self, prefix: str) -> Message:
        """Both halves preceded by what they are about: `prefix: …`."""
        return Message(f"{prefix}: {self.vi}", f"{prefix}: {self.en}")
