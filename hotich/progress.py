"""What a person sees while files are read: a bar on a terminal, a line every two seconds elsewhere."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self

from workers.batch.inputs import printable
from workers.batch.results import Fate, FileResult

_LINE_EVERY_S = 2.0
_COUNTED_EVERY_S = 5.0
_quiet = False


def is_quiet() -> bool:
    """Whether only results and errors are to be told."""
    return _quiet


def be_quiet() -> None:
    """From now on this process shows no progress; what was set aside is still told."""
    global _quiet
    _quiet = True


class Progress:
    """Shows files and pages done, the rate and the time left, on standard error: a `batch_run.Listener`.

    Time left follows from the bytes done, because the pages of files not yet opened are unknown.
    """

    def __init__(self, sizes: dict[str, int]) -> None:
        """`sizes`: bytes of each input by name."""
        self._sizes = sizes
        self._total_bytes = sum(sizes.values())
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._line_at = 0.0
        self._done_bytes = 0
        self._read_bytes = 0
        self._under_way: dict[str, int] = {}
        self.files = 0
        self.pages = 0
        self.set_aside = 0
        self._closed = False
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty() and not _quiet:
            self._bar = _rich_bar()
            self._bar.start()
            self._task = self._bar.add_task("", total=len(self._sizes), detail="")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(finished=kind is None)

    def close(self, *, finished: bool = True) -> None:
        """Takes the bar away, so that other text can follow; again without effect."""
        if self._closed:
            return
        self._closed = True
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
        elif finished and self.files:
            self._print_line()

    def page(self, name: str, number: int) -> None:
        with self._lock:
            self._under_way[name] = number
            self._show()

    def file(self, result: FileResult) -> None:
        with self._lock:
            self.files += 1
            self._under_way.pop(result.file, None)
            if result.status in (Fate.DONE, Fate.INCOMPLETE):
                self.pages += result.pages
            size = self._sizes.get(result.file, 0)
            self._done_bytes += size
            if result.status is not Fate.UNCHANGED:
                self._read_bytes += size
            if result.status is Fate.SET_ASIDE:
                self.set_aside += 1
                why = printable(str(result.message or result.file))
                self._say(f"chưa xử lý được / set aside: {why} [{result.code}]")
            self._show()

    def note(self, text: str) -> None:
        """A line of its own."""
        with self._lock:
            self._say(text)

    def _say(self, text: str) -> None:
        if self._bar is not None:
            from rich.text import Text

            self._bar.console.print(Text(text))
        else:
            print(text, file=sys.stderr, flush=True)

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=self.files, detail=self._detail())
        elif time.monotonic() - self._line_at >= _LINE_EVERY_S:
            self._print_line()

    def _print_line(self) -> None:
        if _quiet:
            return
        self._line_at = time.monotonic()
        print(f"{self.files}/{len(self._sizes)} tệp/files · {self._detail()}", file=sys.stderr, flush=True)

    def _detail(self) -> str:
        elapsed = max(time.monotonic() - self._started, 1e-6)
        pages = self.pages + sum(self._under_way.values())
        parts = [f"{pages} trang/pages", f"{60 * pages / elapsed:.0f}/phút(min)"]
        if self.set_aside:
            parts.append(f"{self.set_aside} chưa xử lý được/set aside")
        left = self._total_bytes - self._done_bytes
        if self._read_bytes and left:
            parts.append(f"còn/left {_clock(elapsed * left / self._read_bytes)}")
        return " · ".join(parts)


@contextlib.contextmanager
def counting(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A call for each of `total` things done, shown on standard error: a bar on a terminal, else a line at times."""
    from rich.console import Console
    from rich.progress import track

    if sys.stderr.isatty() and not _quiet:
        steps = iter(track(range(total), description=what, console=Console(stderr=True), transient=True))
        yield lambda: (next(steps, None), None)[1]
        for _ in steps:  # takes the bar away
            pass
        return
    done, line_at = 0, time.monotonic()

    def one_more() -> None:
        nonlocal done, line_at
        done += 1
        if time.monotonic() - line_at >= _LINE_EVERY_S and not _quiet:
            line_at = time.monotonic()
            print(f"{what}: {done}/{total}", file=sys.stderr, flush=True)

    yield one_more


def counter(what: str, quiet: bool) -> Callable[..., None]:
    """Says every few seconds how many there are, on a terminal always on the same line. It is called with the count, or
    with nothing for one more."""
    count, told = 0, time.monotonic()
    end = "\r" if sys.stderr.isatty() else "\n"

    def show(now: int | None = None) -> None:
        nonlocal count, told
        count = count + 1 if now is None else now
        if not quiet and time.monotonic() - told >= _COUNTED_EVERY_S:
            told = time.monotonic()
            print(f"{what}: {count}", file=sys.stderr, end=end, flush=True)

    return show


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _rich_bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("Đang đọc / reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("tệp/files · {task.fields[detail]}"),
        console=Console(stderr=True),
        refresh_per_second=4,
    )
