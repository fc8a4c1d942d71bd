"""What printed wordings mean: a lexicon of labels and of the persons they speak of, for each type of paper."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any, TypeVar

from pipeline.domain.message import Message
from pipeline.domain.model import DocumentType
from pipeline.forms.definition import Column, FormDefinition, Item, Section
from pipeline.forms.english import known as known_english
from pipeline.forms.keys import fold
from pipeline.forms.loading import FormDefinitionError, load_forms

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
    """What a label asks for. `fields` are its names in records without the person, the likeliest first.

    `paper`: it is said of the paper, not of a person. `starts`: it may begin an act or a member. `column`: it is a
    label over a table's column only. `numbers`: its value may begin with what is a label elsewhere ("CMND số …").
    `types`: of papers that say it; none for all. `who`: of whom it is said, whoever was spoken of before.
    """

    name: str
    labels: tuple[str, ...] = ()
    fields: tuple[str, ...]
    grammar: str = "text"
    lines: int = 1
    paper: bool = False
    starts: bool = False
    column: bool = False
    numbers: bool = False
    below: bool = False
    types: tuple[str, ...] = ()
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person that papers speak of.

    `words` follow a label of his, `headings` stand over his part, `alone` are his name's label by themselves.
    """

    name: str
    words: tuple[str, ...]
    headings: tuple[str, ...]
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """Titles by which papers of these types say what they are."""

    types: tuple[str, ...]
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """Fields that papers of these types may hold beside those that their definitions name."""

    types: tuple[str, ...]
    fields: tuple[str, ...]


_SURELY_PRINT = 5  # letters of a printed wording that nobody's name or trade is: shorter ones are names too ("Sinh")


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """Words that go on with a label, captions over the signature of who answers for a paper, other captions."""

    tails: tuple[str, ...]
    signers: tuple[str, ...]
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """`wording.toml`."""

    whats: tuple[What, ...]
    persons: tuple[Who, ...]
    titles: tuple[Title, ...]
    more: tuple[More, ...]
    print: Print

    def labels(self) -> dict[str, What]:
        """What each folded wording asks for, on a paper of no known type."""
        return {fold(wording): what for what in self.whats for wording in what.labels}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a wording, printed as `text`, means and of whom it speaks; `who` None: of whom the paper speaks there."""

    what: What
    text: str
    who: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The wordings of one type of paper.

    `labels` and `headings` are by key; `words` are what may follow a label, with whom they mean, and `alone` those
    that are a label by themselves; `fields` what a record of the type may hold, with its grammar and lines. `signers`
    and `captions` are the keys of captions over signatures, `fixed` those of print that holds nothing; `prompts` are
    the fields of a side's printed dates, in their order, `signed` that of its signature.
    """

    type: DocumentType
    labels: dict[str, Meaning]
    headings: dict[str, str]
    words: tuple[tuple[str, str], ...]
    alone: frozenset[str]
    fields: dict[str, tuple[str, int]]
    signers: frozenset[str]
    captions: frozenset[str]
    fixed: frozenset[str]
    prompts: dict[str, tuple[str, ...]]
    signed: dict[str, str]

    def field(self, what: What, who: str | None) -> tuple[str, ...]:
        """The names of the record's fields that this is; none where papers of the type do not say it."""
        prefixes = (
            ("members[].", "") if what.paper and who == "member" else ("",) if what.paper else PREFIXES[who or "child"]
        )
        if who == "parents":
            of_both = (tuple(p + base for p in prefixes if p + base in self.fields) for base in what.fields)
            return next(filter(None, of_both), ())
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


_CERTIFICATES = frozenset((DocumentType.BIRTH_CERTIFICATE, DocumentType.MARRIAGE_CERTIFICATE))
_Part = TypeVar("_Part", What, Who, Title, More, Print)


@cache
def lexicon() -> Lexicon:
    """The lexicon that ships with the program. Raises `FormDefinitionError` where it is not well formed."""
    table = tomllib.loads((resources.files("pipeline.forms") / "wording.toml").read_text(encoding="utf-8"))
    return Lexicon(
        whats=tuple(made(What, given) for given in table["what"]),
        persons=tuple(made(Who, given) for given in table["who"]),
        titles=tuple(made(Title, given) for given in table["title"]),
        more=tuple(made(More, given) for given in table["more"]),
        print=made(Print, table["print"]),
    )


def made(kind: type[_Part], given: dict[str, Any]) -> _Part:
    """An entry of the lexicon. Raises `FormDefinitionError` for a key that its kind does not have, or lacks."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise FormDefinitionError(Message.same(f"wording.toml, {given.get('name', kind.__name__)}: {error}")) from error


@cache
def _printed_only(grammar: str) -> frozenset[str]:
    words = lexicon()
    captions = (*words.print.signers, *words.print.captions) if grammar == "name" else ()  # Giám đốc is a trade too
    keys = {fold(text) for text in (*words.print.tails, *captions)} | set(known_english()) | words.labels().keys()
    return frozenset(key for key in keys if len(key) >= _SURELY_PRINT)


def is_print(text: str, grammar: str) -> bool:
    """Whether what stands for a value of this grammar is all printed wording: a label, what goes on with one, English
    beside a label; for a name also a caption over signatures."""
    return fold(text) in _printed_only(grammar)


def vocabulary(document_type: DocumentType) -> Vocabulary:
    """Every wording that a paper of this type may print, of all its generations and of the lexicon."""
    return _vocabulary(document_type, load_forms())


@lru_cache(maxsize=64)
def _vocabulary(document_type: DocumentType, forms: tuple[FormDefinition, ...]) -> Vocabulary:
    sections = [(p.side, s) for f in forms if f.type is document_type for p in f.pages for s in p.sections]
    fields = _fields(document_type, sections)
    labels: dict[str, Meaning] = {}
    for what in lexicon().whats:
        for wording in what.labels if not what.types or document_type.value in what.types else ():
            labels.setdefault(fold(wording), Meaning(what=what, who=what.who or None, text=f"{wording}:"))
    persons = [who for who in lexicon().persons if _speaks_of(document_type, who.name, fields)]
    words = [(fold(word), who.name) for who in persons for word in who.words]
    name = next(what for what in lexicon().whats if what.name == "full_name")
    for who in persons:
        for wording in who.alone:
            labels.setdefault(fold(wording), Meaning(what=name, who=who.name, text=f"{wording}:"))
    alone = frozenset(fold(wording) for who in persons for wording in who.alone)
    composed = {label + word for label in labels for word, _ in words}
    for key, meaning in _of_definitions(document_type, sections):
        known = labels.get(key)
        if key in alone:
            continue
        if key not in composed and (known is None or not set(known.what.fields) & set(meaning.what.fields)):
            labels[key] = meaning  # the type's own forms know better what is asked there
    items = [(side, section, item) for side, section in sections for item in section.items()]
    signatures = [(side, item) for side, section, item in items if item.caption or section.kind == "signatures"]
    signers = {w for _, item in signatures if item.field for w in item.wordings}
    captions = {w for _, item in signatures for w in item.wordings} - signers
    return Vocabulary(
        type=document_type,
        labels=labels,
        headings={fold(heading): who.name for who in persons for heading in who.headings},
        words=tuple(sorted(words, key=lambda w: -len(w[0]))),
        alone=alone,
        fields=fields,
        signers=frozenset(map(fold, (*lexicon().print.signers, *signers))),
        captions=frozenset(map(fold, (*lexicon().print.captions, *captions))),
        fixed=frozenset(
            {fold(i.text) for _, s, i in items if i.text and not (i.caption or s.kind == "signatures")}
            | {fold(title) for known in lexicon().titles for title in known.titles}
        ),
        prompts={**_over_signature(document_type, fields), **_prompts(items)},
        signed=_first((side, item.field) for side, item in signatures if item.field),
    )


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in pairs:
        found.setdefault(key, value)
    return found


def _over_signature(document_type: DocumentType, fields: Container[str]) -> dict[str, tuple[str, ...]]:
    """The date over a certificate's signature: of its registration, where no label asks for that."""
    certifies = document_type in _CERTIFICATES and "date_of_registration" in fields
    return {"front": ("date_of_registration",)} if certifies else {}


def _prompts(items: Sequence[tuple[str, Section, Item]]) -> dict[str, tuple[str, ...]]:
    """The fields of each side's lines of date prompts that have no label, in their order."""
    dated = [(side, s, i) for side, s, i in items if i.prompts and not i.label and i.grammar == "date"]
    fields: dict[str, dict[str, None]] = {}
    for side, section, item in dated:
        fields.setdefault(side, {})[f"{section.prefix}{item.field or 'date_of_registration'}"] = None
    return {side: tuple(names) for side, names in fields.items()}


def _speaks_of(document_type: DocumentType, who: str, fields: dict[str, tuple[str, int]]) -> bool:
    """Whether papers of the type tell of such a person."""
    if who in {"child", "deceased", "head"}:
        subject = SUBJECTS.get(document_type)
        return who == subject or (who == "head" and subject == "member") or (who == "child" and subject == "mother")
    return any(name.startswith(prefix) for name in fields for prefix in PREFIXES[who])


def _fields(document_type: DocumentType, sections: Sequence[tuple[str, Section]]) -> dict[str, tuple[str, int]]:
    """What a record of the type may hold: grammar and lines of each field."""
    fields: dict[str, tuple[str, int]] = {}
    for _, section in sections:
        for name, place in _named(section):
            fields.setdefault(name, (place.grammar, place.lines))
    for more in lexicon().more:
        for name in more.fields if document_type.value in more.types else ():
            base = next((name[len(p) :] for p in _PERSON_OF if name.startswith(p)), name)
            own = [w for w in lexicon().whats if base in w.fields]
            what = next((w for w in own if w.fields[0] == base), own[0] if own else None)
            fields.setdefault(name, (what.grammar, what.lines) if what else ("text", 1))
    return fields


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


def _of_definitions(
    document_type: DocumentType, sections: Sequence[tuple[str, Section]]
) -> Iterator[tuple[str, Meaning]]:
    """Wordings that only one field of the type's forms is labelled with."""
    found: dict[str, set[str]] = {}
    places: dict[str, tuple[str, Item | Column]] = {}
    for _, section in sections:
        for name, place in _named(section):
            wordings = (place.label, *place.also)
            for wording in wordings if place.label and not getattr(place, "caption", False) else ():
                found.setdefault(fold(wording), set()).add(name)
                places.setdefault(fold(wording), (wording, place))
    for key, names in found.items():
        if len(names) > 1 or len(key) < 2:
            continue
        (name,) = names
        wording, place = places[key]
        prefix = next((p for p in _PERSON_OF if name.startswith(p)), "")
        base = name[len(prefix) :]
        what = What(
            name=base,
            fields=(base,),
            grammar=place.grammar,
            lines=place.lines,
            paper=not prefix and SUBJECTS.get(document_type) not in {None, "child", "deceased"},
            below=getattr(place, "below", False),
        )
        yield key, Meaning(what=what, who=_PERSON_OF.get(prefix), text=wording)
