"""Pictures of what is decided: a field's line enlarged, its page whole. Made in a bounded process, cached on disk.

The caller checks that the person may see the document. No picture of a person's paper leaves this machine except to a
browser, and no file is named after what stands on a paper.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from math import hypot, sqrt
from pathlib import Path
from typing import Final, Protocol

from pipeline.domain.errors import HotichError, InputError, ResourceError
from pipeline.domain.geometry import Quad
from pipeline.domain.message import Message
from storage.catalogue import StoredDocument
from storage.files import translated_os_errors
from storage.objects import ObjectKey, ObjectStore
from storage.review.view_cache import ViewCache
from workers.view_jobs import Shown

_WAIT_S: Final = 45.0  # longer than the time limit of the worker for one page
_ORIGINALS: Final = 6  # working copies kept for the worker
_ORIGINALS_BYTES: Final = 512 << 20
_MOST_LINES: Final = 4
_LETTER_WIDE: Final = 0.45  # of a line's height, with the spaces between words and lines
_MOST_WAITING: Final = 64  # pictures made ahead of time; any more are made when they are looked at


@dataclass(frozen=True, slots=True)
class Picture:
    """What to show of a stored document: a place on a page, or (`box` None) the whole page."""

    document: StoredDocument
    page: int
    box: Quad | None = None
    lines: int = 1

    @property
    def name(self) -> str:
        """The name in the cache: the original's digest, the page and a digest of the place."""
        place = "page"
        if self.box is not None:
            corners = ",".join(f"{x:.1f} {y:.1f}" for x, y in self.box)
            place = hashlib.sha256(f"{corners} {self.lines}".encode()).hexdigest()[:16]
        return f"{self.document.original.sha256}-{self.page}-{place}.jpg"

    @property
    def size_name(self) -> str:
        return f"{self.document.original.sha256}-{self.page}.size"


class ScanRenderer(Protocol):
    """Makes pictures of an original at `path` in a process without network, bounded in memory and time.

    The futures raise `InputError` for a fault of the file, `ResourceError` for one of the machine. `wake`: pictures
    will be wanted soon; it returns at once.
    """

    def wake(self) -> None: ...

    def line(self, path: Path, *, sha256: str, page: int, box: Quad, lines: int = 1) -> Future[Shown]: ...

    def page(self, path: Path, *, sha256: str, page: int) -> Future[Shown]: ...

    def reading_line(self, path: Path, *, sha256: str, page: int, box: Quad) -> Future[Shown]: ...


class ScanViewer:
    """Pictures of stored documents, from their originals. Safe to call from several threads.

    Raises `InputError` for a page or place that cannot be shown (`view.not_there`, and what intake says of a page that
    cannot be decoded), `ResourceError` where the store or the worker is out of reach or too slow (`view.late`).
    """

    def __init__(self, *, objects: ObjectStore, renderer: ScanRenderer, cache: ViewCache, spool: Path) -> None:
        self._renderer = renderer
        self._cache = cache
        self._spool = spool
        self._originals = _Originals(objects, spool)
        self._lock = threading.Lock()
        self._making: dict[str, Future[Shown]] = {}

    def line(self, document: StoredDocument, page: int, box: Quad, *, lines: int = 1) -> bytes:
        """The place straightened, in colour. `lines`: see `lines_in`."""
        return self._view(Picture(document, page, box, lines)).picture

    def page(self, document: StoredDocument, page: int) -> bytes:
        """The whole page as it was scanned."""
        return self._view(Picture(document, page)).picture

    def reading_line(self, document: StoredDocument, page: int, box: Quad) -> bytes:
        """The ink of the place as readers get lines (PNG), to adapt them with; not cached."""
        path, give_back = self._originals.take(document.original)
        try:
            digest = document.original.sha256
            return _outcome(self._renderer.reading_line(path, sha256=digest, page=page, box=box)).picture
        finally:
            give_back()

    @contextlib.contextmanager
    def lent(self) -> Iterator[Path]:
        """A temporary path for a file that is shown once with `once`; the file is removed after the block."""
        with translated_os_errors(Message("chép tệp để xem", "copying a file to be shown")):
            self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._spool / f"once-{secrets.token_hex(16)}"
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def once(self, path: Path, *, sha256: str, page: int) -> Shown:
        """A page of a file that is not in the store; the picture is not cached."""
        return _outcome(self._renderer.page(path, sha256=sha256, page=page))

    def scan_size(self, picture: Picture) -> tuple[int, int]:
        """Width and height, in scan pixels, of the page of this picture. The picture is made where they are not known
        yet."""
        known = self._size(picture)
        return known or self._view(picture).scan_size

    def wake(self) -> None:
        """A person has opened the desk: starts the process that makes pictures, if none runs. Returns at once."""
        self._renderer.wake()

    def prepare(self, pictures: Iterable[Picture]) -> None:
        """Has pictures made in the background that are not cached yet. Never raises."""
        for picture in pictures:
            with contextlib.suppress(HotichError):
                if len(self._making) < _MOST_WAITING and self._kept(picture) is None:
                    self._begin(picture)

    def close(self) -> None:
        """Removes the working copies of originals."""
        self._originals.close()

    def _view(self, picture: Picture) -> Shown:
        kept = self._kept(picture)
        if kept is not None:
            return kept
        return _outcome(self._begin(picture))

    def _kept(self, picture: Picture) -> Shown | None:
        jpeg = self._cache.get(picture.name)
        size = self._size(picture) if jpeg is not None else None
        return None if jpeg is None or size is None else Shown(picture=jpeg, scan_size=size)

    def _size(self, picture: Picture) -> tuple[int, int] | None:
        kept = self._cache.get(picture.size_name)
        with contextlib.suppress(ValueError, TypeError):
            width, height = json.loads(kept or b"")
            return int(width), int(height)
        return None

    def _begin(self, picture: Picture) -> Future[Shown]:
        """Begins to make the picture; callers that want the same one share one future."""
        with self._lock:
            known = self._making.get(picture.name)
            if known is not None:
                return known
            path, give_back = self._originals.take(picture.document.original)
            try:
                future = self._submit(picture, path)
            except BaseException:
                give_back()
                raise
            self._making[picture.name] = future
        future.add_done_callback(lambda finished: self._made(finished, picture, give_back))
        return future

    def _submit(self, picture: Picture, path: Path) -> Future[Shown]:
        digest, page = picture.document.original.sha256, picture.page
        if picture.box is None:
            return self._renderer.page(path, sha256=digest, page=page)
        return self._renderer.line(path, sha256=digest, page=page, box=picture.box, lines=picture.lines)

    def _made(self, finished: Future[Shown], picture: Picture, give_back: Callable[[], None]) -> None:
        if not finished.cancelled() and finished.exception() is None:
            view = finished.result()
            self._cache.put(picture.size_name, json.dumps(view.scan_size).encode())
            self._cache.put(picture.name, view.picture)
        with self._lock:
            self._making.pop(picture.name, None)
        give_back()


def _outcome(making: Future[Shown]) -> Shown:
    try:
        return making.result(timeout=_WAIT_S)
    except (Late, CancelledError) as error:
        raise ResourceError(
            Message("Ảnh chưa sẵn sàng; hãy thử lại.", "The picture is not ready; try again."), code="view.late"
        ) from error


class _Originals:
    """Working copies of the latest originals, for the worker, which has no access to the object store."""

    def __init__(self, objects: ObjectStore, spool: Path) -> None:
        self._objects = objects
        self._spool = spool
        self._lock = threading.Lock()
        self._copies: OrderedDict[str, int] = OrderedDict()  # digest: bytes
        self._used: dict[str, int] = {}

    def take(self, key: ObjectKey) -> tuple[Path, Callable[[], None]]:
        """A copy that stays until the returned function is called. Raises the store's errors."""
        with self._lock:
            path = self._spool / key.sha256
            if key.sha256 not in self._copies:
                self._copies[key.sha256] = self._copy(key, path)
            self._copies.move_to_end(key.sha256)
            self._used[key.sha256] = self._used.get(key.sha256, 0) + 1
            self._make_room()
        return path, lambda: self._give_back(key.sha256)

    def close(self) -> None:
        with self._lock:
            for name in self._copies:
                (self._spool / name).unlink(missing_ok=True)
            self._copies.clear()

    def _copy(self, key: ObjectKey, path: Path) -> int:
        with translated_os_errors(Message("chép bản gốc để xem", "copying an original to be shown")):
            self._spool.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._objects.open(key) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
            return path.stat().st_size

    def _give_back(self, name: str) -> None:
        with self._lock:
            self._used[name] -= 1
            if not self._used[name]:
                del self._used[name]
            self._make_room()

    def _make_room(self) -> None:
        for name in self._too_many():
            (self._spool / name).unlink(missing_ok=True)
            del self._copies[name]

    def _too_many(self) -> Iterator[str]:
        size = sum(self._copies.values())
        count = len(self._copies)
        for name in list(self._copies):
            if count <= _ORIGINALS and size <= _ORIGINALS_BYTES:
                return
            if name not in self._used:
                count, size = count - 1, size - self._copies[name]
                yield name


def lines_in(verbatim: str, box: Quad) -> int:
    """About how many lines of writing stand in the box, estimated from the text's length and the box's shape."""
    (ax, ay), (bx, by), _, (dx, dy) = box
    along, across = hypot(bx - ax, by - ay), hypot(dx - ax, dy - ay)
    if len(verbatim) < 8 or along < 1.0:
        return 1
    return max(1, min(_MOST_LINES, round(sqrt(len(verbatim) * _LETTER_WIDE * across / along))))


def box_of(points: Sequence[Sequence[float]]) -> Quad:
    """Four corners as they come over the wire. Raises `InputError` where they are not four."""
    if len(points) != 4 or any(len(point) != 2 for point in points):
        raise InputError(Message("Ô cần bốn góc", "A place has four corners"), code="view.not_there")
    a, b, c, d = ((float(x), float(y)) for x, y in points)
    return (a, b, c, d)
