"""An object from one store to another, proven on both sides."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from storage.files import CHUNK
from storage.objects.key import ObjectKey
from storage.objects.paper_class import NO_PAPER, Classes
from storage.objects.store import ObjectStore

_IN_MEMORY = 8 << 20


def copy(source: ObjectStore, to: ObjectStore, key: ObjectKey, *, anew: bool = False, of: Classes = NO_PAPER) -> None:
    """Copies an object as the source holds its bytes. Raises ObjectMissing, CorruptObject and the stores' errors."""
    size = source.size(key)
    if size is not None and size <= _IN_MEMORY:
        to.put(source.get(key), expected=key, anew=anew, of=of)
        return
    with as_file(source, key) as path:
        to.put(path, expected=key, anew=anew, of=of)


@contextlib.contextmanager
def as_file(source: ObjectStore, key: ObjectKey) -> Iterator[Path]:
    """The object, proven, as a file with a name of its own. Raises what `ObjectStore.open` raises."""
    with source.open(key) as file, tempfile.NamedTemporaryFile(prefix="hotich-copy-") as whole:
        shutil.copyfileobj(file, whole, CHUNK)
        whole.flush()
        yield Path(whole.name)
