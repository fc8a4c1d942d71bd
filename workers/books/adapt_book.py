"""A book's model: made from its corrected lines or the register's word, put in use when it is better, taken back when
it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ocr_models.adaptation.adapt import Adapted, Model, Progress, adapt, compare, read_manifest
from ocr_models.adaptation.lines import CorrectedLine
from pipeline.domain.errors import HotichError
from storage.books import Correction, KeptCorrection, corrections_of, due_books
from storage.catalogue import BASE, BookModel, Catalogue, Reason
from storage.objects import ObjectStore

LEAST_NEW = 8
"""Newly corrected lines that the model in use is measured on, at least."""


_DECISIVE = ("held_out_cer", "printed_cer", "contradictions_found", "learnt_from")


class Learn(Protocol):
    """How a model is made: `ocr_models.adaptation.adapt.adapt`, or with another recipe, or `teach.teach`."""

    def __call__(
        self, lines: Sequence[CorrectedLine], *, base: Model, in_use: Model | None, progress: Progress | None
    ) -> Adapted: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. `reason` of the new model; `version` is its number, None when nothing was kept (dry run);
    `in_use` the version that the book is read with from now on (`BASE`: the base). `recheck`: what newly corrected
    lines said of the model in use before, None when there was none or too few lines."""

    book: str
    version: int | None
    reason: Reason
    in_use: int
    recheck: Recheck | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """Character errors, in per cent, on lines corrected since the model in use was last judged."""

    lines: int
    base_cer: float
    in_use_cer: float
    version: int

    @property
    def reason(self) -> Reason:
        return Reason.BASE_BETTER if self.base_cer < self.in_use_cer else Reason.STILL_BETTER

    def facts(self) -> dict[str, Any]:
        return {"new_lines": self.lines, "new_lines_cer": {"base": self.base_cer, "in_use": self.in_use_cer}}


def load_model(objects: ObjectStore, model: BookModel) -> Model:
    """A book's model out of the store, digests verified. Raises the store's errors and `ModelError`s."""
    return Model.of(objects.get(model.weights), read_manifest(objects.get(model.manifest)))


def adapt_book(
    book: str,
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    actor: str,
    base: Model | None = None,
    dry_run: bool = False,
    beside: Sequence[Correction] = (),
    learn: Learn = adapt,
    progress: Progress | None = None,
) -> Outcome:
    """Learns from the book's corrected lines, keeps the model as a new version, and puts it in use if it is better.

    First, the model in use is measured on the lines that came since: where the base reads them better, the book goes
    back to the base. `base`: the shipped model by default. A dry run keeps nothing, and learns from the lines `beside`
    those that are kept too. Raises `TooFewLines` (after that
    first step), `ModelError`s and the stores' errors.
    """
    base = base or Model.load()
    kept = corrections_of(objects, catalogue, book)
    recheck, used = _recheck(book, kept, base, catalogue, objects)
    if recheck is not None and not dry_run:
        _note(catalogue, book, recheck, kept, actor)
    lines = [
        CorrectedLine(correction.image, correction.text)
        for correction in (*(correction.correction for correction in kept), *beside)
    ]
    in_use = None if used is None else load_model(objects, used)
    made = learn(lines, base=base, in_use=in_use, progress=progress)
    before = BASE if used is None else used.version
    if dry_run:
        reason = Reason(made.verdict)
        return Outcome(book=book, version=None, reason=reason, in_use=before, recheck=recheck, facts=made.facts)
    version, reason, now = _keep(catalogue, objects, book, made, before=before, lines=_newest(kept), actor=actor)
    return Outcome(book=book, version=version, reason=reason, in_use=now, recheck=recheck, facts=made.facts)


def adapt_due(
    *,
    catalogue: Catalogue,
    objects: ObjectStore,
    actor: str,
    first: int,
    adapt_one: Callable[..., Outcome] = adapt_book,
    base: Model | None = None,
) -> Iterator[tuple[str, Outcome | HotichError]]:
    """Adapts every book that is due (`first`: see `storage.books.adaptation_due`); one that fails stops no other.

    `base`: the office's base reader; the shipped one by default.
    """
    for book in due_books(catalogue, first=first):
        try:
            base = base or Model.load()
            yield book, adapt_one(book, catalogue=catalogue, objects=objects, actor=actor, base=base)
        except HotichError as error:
            yield book, error


def reasons_of(done: Iterable[tuple[str, Outcome | HotichError]]) -> list[str]:
    """For each book why its model is used or not, or the code of what failed: no names, no figures."""
    return [outcome.reason.value if isinstance(outcome, Outcome) else outcome.code for _, outcome in done]


def _recheck(
    book: str, kept: Sequence[KeptCorrection], base: Model, catalogue: Catalogue, objects: ObjectStore
) -> tuple[Recheck | None, BookModel | None]:
    """What new lines say of the model in use, and the model to be used from now on."""
    with catalogue.books() as books:
        used, choices = books.in_use(book), books.choices(book)
    if used is None:
        return None, None
    new = [line for line in kept if line.number > choices[-1].lines]
    lines = [CorrectedLine(line.correction.image, line.correction.text) for line in new]
    if len(lines) < LEAST_NEW:
        return None, used
    before, now = compare(lines, base=base, in_use=load_model(objects, used))
    if now.lines < LEAST_NEW:
        return None, used
    recheck = Recheck(
        lines=now.lines, base_cer=round(before.rate, 3), in_use_cer=round(now.rate, 3), version=used.version
    )
    return recheck, used if recheck.reason is Reason.STILL_BETTER else None


def _note(catalogue: Catalogue, book: str, recheck: Recheck, kept: Sequence[KeptCorrection], actor: str) -> None:
    version = recheck.version if recheck.reason is Reason.STILL_BETTER else BASE
    with catalogue.unit() as unit:
        unit.books.choose(book, version, recheck.reason, lines=_newest(kept), facts=recheck.facts(), actor=actor)
        unit.commit()


def _keep(
    catalogue: Catalogue, objects: ObjectStore, book: str, made: Adapted, *, before: int, lines: int, actor: str
) -> tuple[int, Reason, int]:
    """The new version's number, why it is used or not, and the version in use from now on."""
    weights, manifest = objects.put(made.weights), objects.put(made.manifest)
    reason = Reason(made.verdict)
    with catalogue.unit() as unit:
        model = unit.books.add_model(
            book, weights=weights, manifest=manifest, lines=lines, facts=made.facts, actor=actor
        )
        now = model.version if reason is Reason.BETTER else before
        facts = {name: made.facts[name] for name in _DECISIVE if name in made.facts} | {"made": model.version}
        unit.books.choose(book, now, reason, lines=lines, facts=facts, actor=actor)
        unit.commit()
    return model.version, reason, now


def _newest(kept: Sequence[KeptCorrection]) -> int:
    return max((line.number for line in kept), default=0)
