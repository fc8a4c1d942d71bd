"""Which pages belong together: two sides of a card, the leaves of a book, a register and its cover."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from pipeline.domain.model import DocumentType
from pipeline.forms.card_sides import OPPOSITE
from pipeline.forms.classify import INNER_SIDES, Candidate, Classification
from pipeline.forms.loading import card_types

BOOKS = frozenset({DocumentType.HOUSEHOLD_BOOK, DocumentType.TEMPORARY_RESIDENCE_BOOK})
OTHER = "unknown"  # the side of a page that says nothing by itself
SHOWN = 0.35  # of the evidence that is enough: a page that shows this much of a document's missing side is it; by trial
HINTED = 0.25  # the same of a page in the file that comes next; by trial
NOT_SHOWN = -1.0  # evidence of a type that is not among a page's best; by trial
NO_PARTNERS: Mapping[int, int] = {}
LONGEST_REGISTER = 40  # pages of a register that are one document; more begin another; by trial


@dataclass(frozen=True, slots=True, kw_only=True)
class PageGroup:
    """One document: its classification, the indices of its pages as they were given, the side of each.

    `continues`: it goes on with the document that was begun elsewhere.
    """

    kind: Classification
    pages: tuple[int, ...]
    sides: tuple[str, ...]
    continues: bool = False


@dataclass(slots=True)
class _Group:
    kinds: list[Classification]
    pages: list[int] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    type: DocumentType = DocumentType.UNKNOWN
    begun: int = 0  # sides that were seen elsewhere, before these pages

    def add(self, page: int, kind: Classification, side: str) -> None:
        self.kinds.append(kind)
        self.pages.append(page)
        self.sides.append(side)


def group_pages(
    kinds: Sequence[Classification],
    partners: Mapping[int, int] = NO_PARTNERS,
    begun: PageGroup | None = None,
) -> tuple[PageGroup, ...]:
    """The documents among classified pages (blank ones left out), in reading order; every page is in one.

    `partners`: sides of cards that are known to be one card, page -> page (`pipeline.forms.card_sides`).
    `begun`: a document of earlier pages that are not given; it is among the result where a page goes on with it.

    Front and back of a card join, also when one of them is classified weakly or as a neighbouring
    type; a book's leaves join its cover or owner's page; register pages join the register's cover and
    are else documents of their own; an unknown page joins the document before it, unless it is
    surely another paper. A page on which next to nothing was read, right before a book's owner's page, is its cover.
    """
    groups = [] if begun is None else [_Group([begun.kind], [], list(begun.sides), begun.kind.document_type, 1)]
    for page, kind in enumerate(kinds):
        if page in partners:
            target = _partner_home(groups, kind, partners[page])
        else:
            target = _home(groups, kind, waiting={a for a, b in partners.items() if a < page < b})
            if target is not None and not target[0].pages and not _goes_on(kind, target[1]):
                target = None
        if target is None:
            side = kind.side or OTHER
            groups.append(_Group([kind], [page], [side], kind.document_type))
            continue
        group, side, document_type = target
        group.add(page, kind, side)
        group.type = document_type
    return tuple(
        PageGroup(kind=_kind(g), pages=tuple(g.pages), sides=tuple(g.sides[g.begun :]), continues=bool(g.begun))
        for g in groups
        if g.pages
    )


def may_go_on(kind: Classification) -> bool:
    """Whether a page may be a later one of a document that was begun before: it has no title of its own."""
    return not kind.other and (not kind.known or kind.side in INNER_SIDES or kind.side == "owner")


def _goes_on(kind: Classification, side: str) -> bool:
    """Whether the page itself shows that it is this side of something: another file's page is not joined on a guess."""
    return may_go_on(kind) and (kind.known or any(c.side == side and _shows(c, HINTED) for c in kind.candidates))


def _partner_home(groups: list[_Group], kind: Classification, partner: int) -> tuple[_Group, str, DocumentType] | None:
    """The group of the card's other side, when that came before."""
    group = next((g for g in groups if g.pages == [partner]), None)
    if group is None:
        return None
    own = group.sides[0]
    if own == OTHER:
        own = OPPOSITE.get(kind.side or "", OTHER)
        group.sides[0] = own
    wanted = OPPOSITE.get(own, OTHER)
    return group, wanted, _joint_type(group.kinds[0], own, kind, wanted)


def _home(groups: list[_Group], kind: Classification, waiting: Set[int]) -> tuple[_Group, str, DocumentType] | None:
    """The document a page joins, as which side, and what the document then is."""
    if not groups:
        return None
    card = _card_home(groups, kind, waiting)
    if card is not None:
        return card
    last = groups[-1]
    if not kind.known:
        return _unknown_home(last, kind)
    if last.type in BOOKS and kind.document_type in BOOKS and kind.side not in {"cover", "owner"}:
        return _book_home(last, kind)  # member leaves of both books are much the same
    if kind.side == "owner" and kind.document_type in BOOKS and _is_unread_cover(last):
        return last, "owner", kind.document_type
    if kind.document_type is not last.type:
        return None
    if last.type in BOOKS:
        return _book_home(last, kind)
    if last.type is DocumentType.BIRTH_REGISTER_ENTRY:
        covered = "cover" in last.sides and len(last.pages) < LONGEST_REGISTER
        return (last, "page", last.type) if covered and kind.side == "page" else None
    if kind.side == "back" and "back" not in last.sides:
        return last, "back", last.type
    return None


def _book_home(last: _Group, kind: Classification) -> tuple[_Group, str, DocumentType] | None:
    """Leaves go on with the book; a second cover or owner's page begins another one."""
    side = kind.side or OTHER
    begins = side in {"cover", "owner"} and side in last.sides
    begins = begins or (side in {"cover", "owner"} and "members" in last.sides)
    return None if begins else (last, side, last.type)


def _is_unread_cover(last: _Group) -> bool:
    """Whether a group is one page that may be a book's cover: dark cloth or worn gold, and nothing to read."""
    return len(last.pages) == 1 and not last.begun and last.type is DocumentType.UNKNOWN and last.kinds[0].bare


def _unknown_home(last: _Group, kind: Classification) -> tuple[_Group, str, DocumentType] | None:
    if last.type is DocumentType.UNKNOWN:
        return last, OTHER, last.type
    for candidate in kind.candidates:
        if candidate.document_type is last.type and candidate.side not in last.sides and _shows(candidate):
            return last, candidate.side, last.type
        if last.type in BOOKS and candidate.document_type is last.type and _shows(candidate):
            return last, candidate.side, last.type
    if kind.other:
        return None
    return last, "members" if last.type in BOOKS else OTHER, last.type  # inside a book, its leaves tell of members


def _shows(candidate: Candidate, share: float = SHOWN) -> bool:
    return candidate.evidence >= share * candidate.enough


def _card_home(
    groups: list[_Group], kind: Classification, waiting: Set[int]
) -> tuple[_Group, str, DocumentType] | None:
    """The earliest of the last cards that lacks this side and agrees on a type with it."""
    cards = card_types()
    run: list[_Group] = []
    for group in reversed(groups):
        if group.type not in cards:
            break
        run.append(group)
    for group in reversed(run):
        if len(group.sides) > 1 or not waiting.isdisjoint(group.pages):
            continue
        own = group.sides[0]
        wanted = "back" if own == "front" else "front"
        if kind.known and (kind.side != wanted or kind.document_type not in cards):
            continue
        if _agree(group.kinds[0], own, kind, wanted):
            return group, wanted, _joint_type(group.kinds[0], own, kind, wanted)
    return None


def _agree(first: Classification, first_side: str, second: Classification, second_side: str) -> bool:
    """Whether some card type is shown by both sides, or by either where one of them is not known by itself."""
    if first.known and second.known:
        shown = [_types(first, first_side), _types(second, second_side)]
        return bool(shown[0] & shown[1])
    return bool(_types(first, first_side)) and bool(_types(second, second_side))


def _types(kind: Classification, side: str) -> set[DocumentType]:
    """The card types whose side a page shows."""
    return {
        c.document_type for c in kind.candidates if c.document_type in card_types() and c.side == side and _shows(c)
    }


def _joint_type(first: Classification, first_side: str, second: Classification, second_side: str) -> DocumentType:
    """The card type that both sides together show best."""
    totals = {
        kind: sum(
            c.evidence if c else NOT_SHOWN
            for c in (_evidence(first, kind, first_side), _evidence(second, kind, second_side))
        )
        for kind in sorted(card_types())
    }
    return max(totals, key=lambda kind: totals[kind])


def _evidence(kind: Classification, document_type: DocumentType, side: str) -> Candidate | None:
    return next((c for c in kind.candidates if c.document_type is document_type and c.side == side), None)


def _kind(group: _Group) -> Classification:
    """The document's classification: the type of the group, the form that all its pages show best."""
    if group.type is DocumentType.UNKNOWN:
        return group.kinds[0]
    forms: dict[str, float] = {}
    for kind, side in zip(group.kinds, group.sides, strict=True):
        for c in kind.candidates:
            if c.document_type is group.type and c.side == side:
                forms[c.form] = forms.get(c.form, 0.0) + c.evidence
    of_type = [k for k in group.kinds if k.document_type is group.type]
    first = max(of_type or group.kinds, key=lambda k: k.confidence)
    form = max(sorted(forms), key=lambda f: forms[f]) if forms else first.form
    return replace(
        first,
        document_type=group.type,
        form=form,
        side=group.sides[0],
        evidence=tuple(dict.fromkeys(e for k in group.kinds for e in k.evidence)),
    )
