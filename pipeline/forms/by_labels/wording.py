"""What printed wordings mean: a lexicon of labels and of the persons they speak of, for each type of paper."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.domain.model import DocumentType
from pipeline.forms.definition import Column, Item, Section
from pipeline.forms.keys import fold
from pipeline.forms.loading import load_forms

PREFIXES = {
    "child": ("",),
    "deceased": ("",),
    "father": ("father_",),
    "mother": ("mother_",),
    "parents": ("father_", "mother_"),
    "declarant": ("declarant_",),
    "husband": ("husband_",),
    "wife": ("wife_",),
    "head": ("head_", ""),
    "member": ("members[].", ""),
    "holder": ("",),
}
"""How the fields of a person begin, the likeliest first."""
_PERSON_OF = {"father_": "father", "mother_": "mother", "declarant_": "declarant", "husband_": "husband",
              "wife_": "wife",
              "head_": "head", "members[].": "member"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class What:
    """What a label asks for. `fields` are its names in records without the person, the likeliest first."""

    name: str
    fields: tuple[str, ...]
    grammar: str = "text"
    lines: int = 1
    paper: bool = False
    starts: bool = False
    column: bool = False
    numbers: bool = False
    below: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a wording means and of whom it speaks; `who` None: of whom the paper speaks there."""

    what: What
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The wordings of one type of paper.

    `labels` and `headings` are by key, `texts` are the labels as they are printed; `words` are what may follow a label,
    with whom they mean, and `alone` those that are a label by themselves; `fields` what a record of the type may hold,
    with its grammar and lines. `captions` stand over signatures; `prompts` and `signers` are the fields of a side's
    printed date and signature; `issuers` those of the office at the head.
    """

    type: DocumentType
    labels: dict[str, Meaning]
    texts: dict[str, str]
    headings: dict[str, str]
    words: tuple[tuple[str, str], ...]
    alone: frozenset[str]
    fields: dict[str, tuple[str, int]]
    captions: dict[str, str | None]
    fixed: frozenset[str]
    prompts: dict[str, str]
    signers: dict[str, str]
    issuers: frozenset[str]

    def field(self, what: What, who: str | None) -> tuple[str, ...]:
        """The names of the record's fields that this is; none where papers of the type do not say it."""
        prefixes = (
            ("members[].", "") if what.paper and who == "member" else ("",) if what.paper else PREFIXES[who or "child"]
        )
        if who == "parents":
            return tuple(p + what.fields[0] for p in prefixes if what.fields and p + what.fields[0] in self.fields)
        named = [prefix + base for prefix in prefixes for base in what.fields if prefix + base in self.fields]
        return tuple(named[:1])


SUBJECTS = {
    DocumentType.BIRTH_CERTIFICATE: "child",
    DocumentType.BIRTH_CERTIFICATE_OLD: "child",
    DocumentType.BIRTH_EXTRACT: "child",
    DocumentType.BIRTH_REGISTER_ENTRY: "child",
    DocumentType.BIRTH_NOTIFICATION: "mother",
    DocumentType.DEATH_CERTIFICATE: "deceased",
    DocumentType.MARRIAGE_CERTIFICATE: "husband",
    DocumentType.HOUSEHOLD_BOOK: "member",
    DocumentType.TEMPORARY_RESIDENCE_BOOK: "member",
}
"""Of whom a paper speaks before it says so; of the card's holder where no other is named."""


@cache
def _lexicon() -> dict[str, list[dict[str, object]]]:
    text = (resources.files("pipeline.forms") / "wording.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def english() -> tuple[str, ...]:
    """Keys of the English that stands beside Vietnamese labels."""
    return tuple(fold(str(w)) for w in _lexicon()["english"]["labels"])  # type: ignore[call-overload]


@cache
def whats() -> dict[str, What]:
    """Every `what` of the lexicon by name."""
    return {str(w["name"]): _what(w) for w in _lexicon()["what"]}


def _what(given: dict[str, object]) -> What:
    kept = {k: v for k, v in given.items() if k not in {"labels", "types"}}
    kept["fields"] = tuple(kept["fields"])  # type: ignore[arg-type]
    return What(**kept)  # type: ignore[arg-type]


@cache
def vocabulary(document_type: DocumentType) -> Vocabulary:
    """Every wording that a paper of this type may print, of all its generations and of the lexicon."""
    fields = _fields(document_type)
    labels: dict[str, Meaning] = {}
    texts: dict[str, str] = {}
    for given in _lexicon()["what"]:
        if document_type.value not in given.get("types", (document_type.value,)):  # type: ignore[operator]
            continue
        for wording in given["labels"]:  # type: ignore[attr-defined]
            labels[fold(wording)] = Meaning(what=whats()[str(given["name"])])
            texts.setdefault(fold(wording), f"{wording}:")
    headings: dict[str, str] = {}
    words: list[tuple[str, str]] = []
    alone: set[str] = set()
    for person in _lexicon()["who"]:
        name = str(person["name"])
        if not _speaks_of(document_type, name, fields):
            continue
        words += [(fold(str(w)), name) for w in person["words"]]  # type: ignore[attr-defined]
        headings |= {fold(str(w)): name for w in person["headings"]}  # type: ignore[attr-defined]
        for wording in person.get("alone", ()):  # type: ignore[attr-defined]
            labels.setdefault(fold(wording), Meaning(what=whats()["full_name"], who=name))
            alone.add(fold(wording))
            texts.setdefault(fold(wording), f"{wording}:")
    composed = {label + word for label in labels for word, _ in words}
    for key, meaning, wording in _of_definitions(document_type):
        if key in composed:
            continue
        labels.setdefault(key, meaning)
        texts.setdefault(key, wording)
    captions, fixed, prompts, signers, issuers = _rest(document_type)
    return Vocabulary(
        type=document_type,
        labels=labels,
        texts=texts,
        headings=headings,
        words=tuple(sorted(words, key=lambda w: -len(w[0]))),
        alone=frozenset(alone),
        fields=fields,
        captions=captions,
        fixed=fixed,
        prompts=prompts,
        signers=signers,
        issuers=issuers,
    )


def _speaks_of(document_type: DocumentType, who: str, fields: dict[str, tuple[str, int]]) -> bool:
    """Whether papers of the type tell of such a person."""
    if who in {"child", "deceased", "head"}:
        subject = SUBJECTS.get(document_type)
        return who == subject or (who == "head" and subject == "member") or (who == "child" and subject == "mother")
    return any(name.startswith(prefix) for name in fields for prefix in PREFIXES[who])


def _sections(document_type: DocumentType) -> Iterator[tuple[str, Section]]:
    for definition in load_forms():
        if definition.type is document_type:
            for page in definition.pages:
                for section in page.sections:
                    yield page.side, section


def _fields(document_type: DocumentType) -> dict[str, tuple[str, int]]:
    fields: dict[str, tuple[str, int]] = {}
    for _, section in _sections(document_type):
        for name, place in _named(section):
            fields.setdefault(name, (place.grammar, place.lines))
    for more in _lexicon()["more"]:
        if document_type.value in more["types"]:  # type: ignore[operator]
            for name in more["fields"]:  # type: ignore[attr-defined]
                fields.setdefault(name, _plain(name))
    return fields


def _plain(name: str) -> tuple[str, int]:
    base = name.rsplit(".", 1)[-1]
    for what in whats().values():
        if any(base.endswith(field) for field in what.fields):
            return ("address" if what.grammar == "address" else what.grammar), what.lines
    return ("date", 1) if "temporary" in base else ("text", 2)


def _named(section: Section) -> Iterator[tuple[str, Item | Column]]:
    """Each place of a section with the field it fills."""
    if section.kind == "persons":
        for item in section.items():
            if item.field:
                for column in section.columns:
                    yield f"{column.prefix}{item.field}", item
        return
    for item in section.items():
        if item.field:
            yield f"{section.prefix}{item.field}", item
    for column in section.columns:
        if column.field:
            prefix = "members[]." if section.each == "member" and not section.prefix else section.prefix
            yield f"{prefix}{column.field}", column


def _of_definitions(document_type: DocumentType) -> Iterator[tuple[str, Meaning, str]]:
    """Wordings that only one field of the type's forms is labelled with."""
    found: dict[str, set[str]] = {}
    places: dict[str, tuple[str, Item | Column]] = {}
    for _, section in _sections(document_type):
        for name, place in _named(section):
            wordings = (place.label, *place.also)
            for wording in wordings if place.label and not getattr(place, "caption", False) else ():
                found.setdefault(fold(wording), set()).add(name)
                places.setdefault(fold(wording), (wording, place))
    for key, names in found.items():
        if len(names) > 1 or len(key) < 2:
            continue
        name = next(iter(names))
        wording, place = places[key]
        prefix = next((p for p in _PERSON_OF if name.startswith(p)), "")
        what = What(
            name=name[len(prefix) :],
            fields=(name[len(prefix) :],),
            grammar=place.grammar,
            lines=place.lines,
            paper=not prefix and SUBJECTS.get(document_type) not in {None, "child", "deceased"},
            below=getattr(place, "below", False),
        )
        yield key, Meaning(what=what, who=_PERSON_OF.get(prefix)), wording


def _rest(
    document_type: DocumentType,
) -> tuple[dict[str, str | None], frozenset[str], dict[str, str], dict[str, str], frozenset[str]]:
    """Captions with their fields, fixed texts, each side's fields of date prompts and of the signer, the office's."""
    captions: dict[str, str | None] = {}
    fixed: set[str] = set()
    prompts: dict[str, str] = {}
    signers: dict[str, str] = {}
    issuers: set[str] = set()
    for side, section in _sections(document_type):
        for item in section.items():
            if item.caption or section.kind == "signatures":
                for wording in item.wordings:
                    captions.setdefault(fold(wording), item.field)
                if item.field:
                    signers.setdefault(side, item.field)
            elif item.text:
                fixed.add(fold(item.text))
            if item.issuer and item.field:
                issuers.add(item.field)
            if item.prompts and not item.label and item.grammar == "date":
                name = f"{section.prefix}{item.field}" if item.field else f"{section.prefix}date_of_registration"
                prompts.setdefault(side, name)
    return captions, frozenset(fixed), prompts, signers, frozenset(issuers)


@cache
def wordings_of_lexicon() -> tuple[dict[str, What], tuple[tuple[str, str], ...]]:
    """The lexicon for a paper of no known type: what each folded wording asks for, and the persons' words with who."""
    labels = {fold(str(w)): whats()[str(g["name"])] for g in _lexicon()["what"] for w in g["labels"]}  # type: ignore[attr-defined]
    persons = [(fold(str(w)), str(p["name"])) for p in _lexicon()["who"] for w in p["words"]]  # type: ignore[attr-defined]
    return labels, tuple(persons)
