"""What each invented paper asks, and in which parts: certificates, notifications, books, registers."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from ocr_models.workshop.drawing.clerk import Clerk
from ocr_models.workshop.drawing.facts import Content, Facts
from ocr_models.workshop.layouts.arranging import Numbering, Person, arranged, persons, table
from ocr_models.workshop.layouts.style import Style
from ocr_models.workshop.layouts.writing import SHORT, Ask, Wording, Writer, words

_OLD_STATE = 1976
_CHILD = ("full_name", "sex", "date_of_birth", "date_of_birth_words", "place_of_birth", "ethnicity", "nationality",
          "place_of_origin", "personal_id")  # fmt: skip
_PARENT = ("full_name", "birth_year", "date_of_birth", "age", "ethnicity", "nationality", "occupation", "residence")
_SPOUSE = ("full_name", "date_of_birth", "ethnicity", "nationality", "residence", "document")
_DECEASED = ("full_name", "sex", "date_of_birth", "ethnicity", "nationality", "last_residence", "identity_document",
             "date_of_death", "time_of_death", "place_of_death", "cause_of_death")  # fmt: skip
_MEMBER = ("full_name", "relationship_to_head", "date_of_birth", "sex", "place_of_origin", "ethnicity", "religion",
           "nationality", "old_national_id", "personal_id", "occupation", "moved_in_date")  # fmt: skip
_ALWAYS = frozenset({"full_name", "date_of_birth", "sex", "residence", "date_of_death", "relationship_to_head",
                     "place_of_birth"})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page to be laid out: its HTML and its size in CSS pixels."""

    body: str
    width: int
    height: int


class Paper:
    """One paper being composed. `pages` is what came of it; `writer` knows every value on it."""

    def __init__(self, rng: Random, kind: str, content: Content, style: Style) -> None:
        self.rng, self.kind, self.content, self.style = rng, kind, content, style
        self.writer = Writer(rng, Clerk(rng, year=content.day.year, kind=style.kind), style)
        self.wording = Wording(rng, style)
        self.numbering = Numbering(style)
        self.prompts = rng.random() < 0.35
        self.year = content.day.year
        self.office_asked = rng.random() < 0.7

    def pages(self) -> list[Sheet]:
        """The paper's pages."""
        if self.kind == "birth_register_entry":
            return [self._ledger() if self.rng.random() < 0.6 else self._acts()]
        if self.kind.endswith("_book"):
            return self._book()
        return [self._page(self._certificate(self.content.fields, 0), 794, 1123)]

    # --- parts of every paper

    def _page(self, body: str, width: int, height: int) -> Sheet:
        mark = '<div class="mau">MẪU</div>'
        inner = f'<div class="inner" style="min-height:{height - 28}px">{body}</div>'
        return Sheet(body=f'<div class="page" style="width:{width}px;min-height:{height}px">{inner}{mark}</div>',
                     width=width, height=height)  # fmt: skip

    def _asks(
        self, names: Sequence[str], facts: Facts, *, prefix: str = "", who: str = "", record: int = 0
    ) -> list[Ask]:
        """The asks of a person or of the paper. `who`: the label says whose it is."""
        asks = []
        for name in names:
            if name == "declarant_relationship":
                label = self.wording.label("relationship_dead" if self.kind.startswith("death") else "relationship")
            elif name == "residence" and self.kind == "temporary_residence_book" and not prefix:
                label = self.wording.label("temporary_residence")
            else:
                label = self.wording.label(name, who)
            base = f"{prefix.replace('members[]', '')}{name}" if "[" not in prefix else name
            prompts = self.prompts and name in {"date_of_birth", "date_of_registration"}
            value = self.writer.value(f"{prefix}{name}", facts.get(base), record=record, prompts=prompts)
            asks.append(Ask(label=label, value=value, short=name in SHORT, english=self.wording.english(name)))
        return asks

    def _some(self, names: Sequence[str], least: float = 0.75) -> list[str]:
        """The fields that this paper asks; one of year, date and age for a parent."""
        ages = [n for n in ("birth_year", "date_of_birth", "age") if n in names]
        chosen = self.rng.choice(ages) if len(ages) > 1 else None
        return [
            n for n in names
            if (n == chosen if len(ages) > 1 and n in ages else n in _ALWAYS or self.rng.random() < least)
        ]  # fmt: skip

    def _head(self) -> str:
        printed = words()["print"]
        state = self.rng.choice(printed["old_state"] if self.year < _OLD_STATE else printed["state"])
        left = "<br>".join(html.escape(line) for line in self.content.issuer)
        if self.kind == "birth_certificate_old" and not self.office_asked:
            left = self.writer.printed("place_of_registration", self.content.issuer)  # the office at its head
        right = f"<b>{state}</b><br>{self.rng.choice(printed['motto'])}"
        if self.rng.random() < 0.25:
            return f'<div class="c">{right}</div><div>{left}</div>'
        return f'<div class="hd"><div>{left}</div><div>{right}</div></div>'

    def _title(self) -> str:
        return f"<h1>{self.rng.choice(words()['titles'][self.kind])}</h1>"

    def _numbers(self, facts: Facts, record: int) -> str:
        names = [n for n in ("document_number", "book_number") if facts.get(n) is not None]
        if self.kind == "birth_extract":
            names = ["document_number"]
        asks = self._asks(names, facts, record=record)
        return f'<div class="{self.rng.choice(("c", "r", ""))}">' + " &nbsp;&nbsp; ".join(
            f'<span class="lb">{html.escape(a.label)}{self.style.colon or ":"}</span> {a.value}' for a in asks
        ) + "</div>"  # fmt: skip

    def _signed(self, facts: Facts, record: int, *, dated: str = "date_of_registration") -> str:
        """Town and date over the signatures, the seal over the name."""
        printed = words()["print"]
        left = self.rng.choice(printed["clerk"])
        signer = self.rng.choice(printed["doctor" if self.kind == "birth_notification" else "signer"])
        name = "date_of_issue" if self.kind == "birth_notification" else dated
        day = self.writer.value(name, facts.get(name), record=record, prompts=True)
        town = self.rng.choice(("", "Hà Nội, ", "Gia Lâm, "))
        caption = self.rng.choice(printed["under"])
        registrar = ""
        if facts.get("registrar_full_name") and self.kind != "birth_notification":
            registrar = self.writer.value("registrar_full_name", facts["registrar_full_name"], record=record)
        seal = ""
        if self.rng.random() < 0.6:
            seal = f'<div class="seal" style="right:{self.rng.randint(180, 330)}px">ỦY BAN<br>NHÂN DÂN</div>'
        return (
            f'<div class="sg"><div>{left}<br><small>{caption}</small><div class="gap"></div></div>'
            f"<div>{town}{day}<br>{signer.replace(chr(10), '<br>')}<br><small>{caption}</small>"
            f'<div class="gap">{seal}</div>{registrar}</div></div>'
        )

    def _foot(self) -> str:
        notes = words()["print"]["notes"]
        return f'<div class="foot">{self.rng.choice(notes)}: </div>' if self.rng.random() < 0.4 else ""

    # --- certificates

    def _certificate(self, facts: Facts, record: int) -> str:
        parts = [self._head(), self._title(), self._numbers(facts, record)]
        if self.kind == "marriage_certificate":
            parts.append(self._persons(facts, ("wife", "husband"), _SPOUSE, record))
        elif self.kind == "death_certificate":
            parts.append(arranged(self._asks(self._some(_DECEASED), facts, record=record), self.style, self.numbering))
        elif self.kind == "birth_notification":
            parts.append(self._notification(facts))
        else:
            parts.append(self._birth(facts, record))
        if self.kind != "birth_notification":
            parts.append(self._registration(facts, record))
        dated = "date_of_issue" if self.kind == "birth_extract" else "date_of_registration"
        return "".join([*parts, self._signed(facts, record, dated=dated), self._foot()])

    def _birth(self, facts: Facts, record: int) -> str:
        names = self._some(_CHILD)
        if not facts.get("personal_id"):
            names = [n for n in names if n != "personal_id"]
        if "date_of_birth_words" in names and self.style.arrangement == "running":
            names = [n for n in names if n != "date_of_birth_words"]
        child = arranged(self._asks(names, facts, record=record), self.style, self.numbering)
        if self.style.parting != "worded" and self.rng.random() < 0.5:
            child = f"<h2>{html.escape(self.wording.heading('child'))}</h2>{child}"
        order = self.rng.choice((("mother", "father"), ("father", "mother")))
        parents = self._persons(facts, order, _PARENT, record)
        declarant = ""
        if self.kind != "birth_extract" and self.rng.random() < 0.6:
            asks = self._asks(["full_name"], {"declarant_full_name": facts["declarant_full_name"]}, prefix="declarant_",
                              who="declarant", record=record)  # fmt: skip
            asks += self._asks(["declarant_relationship"], facts, record=record)
            declarant = arranged(asks, self.style, self.numbering)
        return child + parents + declarant

    def _persons(self, facts: Facts, order: Sequence[str], names: Sequence[str], record: int) -> str:
        chosen = self._some(names)
        worded = self.style.parting == "worded"
        columns = self.style.parting == "columns"
        people: list[Person] = []
        for who in order:
            heading = "" if worded else self.wording.bare_heading(who) if columns else self.wording.heading(who)
            asks = self._asks(chosen, facts, prefix=f"{who}_", who=who if worded else "", record=record)
            people.append((heading, asks))
        return persons(people, self.style, self.numbering, ruled=self.rng.random() < 0.4)

    def _registration(self, facts: Facts, record: int) -> str:
        names = ["place_of_registration"] if self.office_asked else []
        if self.kind == "birth_extract":
            names = ["registration_number", "place_of_registration", "date_of_registration"]
        return arranged(self._asks(names, facts, record=record), self.style, self.numbering)

    def _notification(self, facts: Facts) -> str:
        mother = [
            "full_name",
            self.rng.choice(("birth_year", "date_of_birth")),
            "ethnicity",
            "residence",
            "personal_id",
        ]
        child = ["date_of_birth", "time_of_birth", "place_of_birth", "number_of_children", "sex", "birth_weight_g",
                 "condition_of_child"]  # fmt: skip
        who = "mother" if self.style.parting == "worded" else ""
        first = arranged(self._asks(mother, facts, prefix="mother_", who=who), self.style, self.numbering)
        heading = "" if who else f"<h2>{html.escape(self.wording.heading('mother'))}</h2>"
        asks = self._asks(child, facts)
        if facts.get("full_name"):
            value = self.writer.value("full_name", facts["full_name"])
            asks.append(Ask(label=self.rng.choice(("Dự kiến đặt tên con", "Tên con dự định đặt")), value=value))
        asks += self._asks(["birth_attendant"], facts)
        return heading + first + ("" if who else "<h2>Con</h2>") + arranged(asks, self.style, self.numbering)

    # --- books

    def _book(self) -> list[Sheet]:
        size = (560, 794) if self.rng.random() < 0.6 else (794, 1123)
        front = self._page(self._owner(), *size)
        tenancy = self.kind == "temporary_residence_book"
        names = [n for n in self._some(_MEMBER, 0.7) if not (tenancy and n == "moved_in_date")]
        form = self.rng.choice(("blocks", "blocks", "table", "columns"))
        if form == "table":
            return [front, self._page(self._member_table(names), 1123, 794)]
        if form == "columns":
            return [front, *self._member_columns(names, size)]
        each = self.rng.choice((1, 2, 2) if size[0] == 560 else (2, 3, 4))
        members = [self._member(n, names) for n in range(len(self.content.members))]
        leaves = ["<hr>".join(members[first : first + each]) for first in range(0, len(members), each)]
        return [front, *(self._page(leaf, *size) for leaf in leaves)]

    def _owner(self) -> str:
        """The page that says whose book it is, and who handed it out."""
        fields = self.content.fields
        names = ["head_full_name", "residence"]
        if self.kind == "temporary_residence_book":
            names += ["temporary_from", "temporary_until"] if self.rng.random() < 0.7 else []
        else:
            names += [n for n in ("file_number", "register_number", "sheet_number") if self.rng.random() < 0.5]
        number = self._asks(["household_number"], fields)[0]
        top = f'<div class="c"><span class="lb">{number.label}{self.style.colon or ":"}</span> {number.value}</div>'
        about = arranged(self._asks(names, fields), self.style, self.numbering)
        day = self.writer.value("date_of_issue", fields["date_of_issue"], prompts=True)
        officer = self.writer.value("issuing_officer", fields["issuing_officer"])
        signer = self.rng.choice(words()["print"]["police"])
        signed = self._over_signature(f"{self.rng.choice(('', 'Hà Nội, '))}{day}", f"<b>{signer}</b>", officer)
        return self._head() + self._title() + top + about + signed

    def _over_signature(self, day: str, caption: str, name: str = "") -> str:
        """Date and caption on the right, the signature's place, perhaps the name."""
        return f'<div class="sg"><div></div><div>{day}<br>{caption}<div class="gap"></div>{name}</div></div>'

    def _member(self, n: int, names: Sequence[str]) -> str:
        facts = self.content.members[n]
        asks = self._asks(names, facts, prefix=f"members[{n}].")
        body = arranged(asks, self.style, Numbering(self.style))
        heading = self.rng.choice(("", f"<h2>{n + 1}.</h2>", f"<h2>Người thứ {n + 1}</h2>"))
        if self.rng.random() < 0.5:
            name = f"members[{n}].date_of_registration"
            day = self.writer.value(name, facts.get("date_of_registration"), prompts=True)
            body += self._over_signature(day, self.rng.choice(words()["print"]["police_clerk"]))
        return heading + body

    def _member_table(self, names: Sequence[str]) -> str:
        names = list(names)[:8]
        heads = [("STT", 1, 1), *((self.wording.label(n), 1, 1) for n in names)]
        rows = []
        for n, facts in enumerate(self.content.members):
            cells = [self.writer.value(f"members[{n}].{name}", facts.get(name)) for name in names]
            rows.append([f'<span class="v">{n + 1}</span>', *cells])
        numbered = [[(f"({i})", 1, 1) for i in range(1, len(heads) + 1)]] if self.rng.random() < 0.3 else []
        return f"<h2>{self.rng.choice(('NHÂN KHẨU TRONG HỘ', 'DANH SÁCH NHỮNG NGƯỜI TRONG HỘ', ''))}</h2>" + table(
            [heads, *numbered], rows
        )

    def _member_columns(self, names: Sequence[str], size: tuple[int, int]) -> list[Sheet]:
        """Two members beside each other, a row for each label."""
        style = replace(self.style, parting="columns")
        sheets = []
        for first in range(0, len(self.content.members), 2):
            people: list[Person] = [
                (
                    self.rng.choice((f"Người thứ {n + 1}", f"{n + 1}")),
                    self._asks(names, self.content.members[n], prefix=f"members[{n}]."),
                )
                for n in range(first, min(first + 2, len(self.content.members)))
            ]
            sheets.append(self._page(persons(people, style, Numbering(style), ruled=False), *size))
        return sheets

    # --- registers

    def _acts(self) -> Sheet:
        """Acts one below the other on a page of a register."""
        acts = []
        for n, facts in enumerate(self.content.records[:2]):
            self.numbering = Numbering(self.style)
            asks = self._asks(["document_number"], facts, record=n)
            number = f'<div class="lb">{asks[0].label}{self.style.colon or ":"} {asks[0].value}</div>'
            acts.append(
                number
                + self._birth(facts, n)
                + arranged(self._asks(["date_of_registration"], facts, record=n), self.style, self.numbering)
            )
        top = self._title() if self.rng.random() < 0.8 else ""
        return self._page(top + "<hr>".join(acts), 794, 1123)

    def _ledger(self) -> Sheet:
        """A register in table form: an act a row, columns for persons perhaps under their heading."""
        child = ["document_number", *self._some(("date_of_registration",), 0.7), "full_name", "sex", "date_of_birth",
                 *self._some(("place_of_birth", "ethnicity", "place_of_origin"), 0.5)]  # fmt: skip
        parent = self._some(("full_name", "birth_year", "age", "occupation", "residence"), 0.55)
        if "full_name" not in parent:
            parent.insert(0, "full_name")
        grouped = self.rng.random() < 0.6
        number_label = self.rng.choice(("Số", "Số TT", "STT", "Số đăng ký"))
        top = [
            (number_label if n == "document_number" else self.wording.label(n), 1, 2 if grouped else 1) for n in child
        ]
        second: list[tuple[str, int, int]] = []
        order = self.rng.choice((("mother", "father"), ("father", "mother")))
        for who in order:
            if grouped:
                top.append((self.wording.heading(who), len(parent), 1))
                second += [(self.wording.label(n), 1, 1) for n in parent]
            else:
                top += [(self.wording.label(n, who), 1, 1) for n in parent]
        notes = self.rng.random() < 0.6
        if notes:
            top.append(("Ghi chú", 1, 2 if grouped else 1))
        heads = [top, *([second] if second else [])]
        columns = sum(c for _, c, _ in top)
        if self.rng.random() < 0.4:
            heads.append([(f"({i})", 1, 1) for i in range(1, columns + 1)])
        rows = []
        for n, facts in enumerate(self.content.records):
            cells = [self.writer.value(name, facts.get(name), record=n) for name in child]
            for who in order:
                cells += [self.writer.value(f"{who}_{name}", facts.get(f"{who}_{name}"), record=n) for name in parent]
            rows.append([*cells, *([""] if notes else [])])
        fold = 0
        if self.rng.random() < 0.5:
            fold = self.rng.choice((len(child), len(child) + len(parent)))
        width = 1123 if columns < 11 and not fold else 1587
        body = self._title() + table(heads, rows, fold)
        return self._page(body, width, round(width / 1.414))
