"""Pages of read lines as a scan of a form would give them, drawn from the definitions, with invented values."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain.geometry import Transform, rectangle
from pipeline.domain.model import TextLine
from pipeline.domain.recognition import Character, Confidence, Reading
from pipeline.forms.definition import Column, FormPage, Item, Section
from pipeline.forms.fields import Leaf

WIDE, PITCH, TALL = 22, 76, 44

VALUES = {
    "name": ["Nguyễn Văn An", "Trần Thị Mai Hương", "Lê Đức Thí Dụ", "PHẠM THỊ HOA", "Vũ Hoàng Yến Nhi"],
    "date": ["05/02/2021", "14-3-1985", "12/11/1997", "ngày 05 tháng 02 năm 2021"],
    "date_words": ["Ngày mùng năm tháng hai năm hai nghìn không trăm hai mươi mốt"],
    "sex": ["Nam", "Nữ"],
    "ethnicity": ["Kinh", "Tày", "Mường"],
    "nationality": ["Việt Nam"],
    "identity_number": ["012345678", "001190123456"],
    "personal_id": ["001190123456", "001321004567"],
    "old_national_id": ["012345678"],
    "document_number": ["15/2021", "07", "123"],
    "book_number": ["01/2013"],
    "address": [
        "Bệnh viện Phụ sản Hà Nội, phường Ngọc Khánh, quận Ba Đình, thành phố Hà Nội",
        "12 ngõ 5 phố Hàng Đào, phường Hàng Đào, Hoàn Kiếm, Hà Nội",
        "Xã Cổ Nhuế, huyện Từ Liêm",
    ],
    "place": ["Ủy ban nhân dân phường Điện Biên, quận Ba Đình", "UBND xã Cổ Nhuế, huyện Từ Liêm"],
    "text": ["Ủy ban phường Điện Biên", "Công nhân", "Làm ruộng"],
    "year": ["1990", "1988"],
    "age": ["25", "31"],
    "weight_g": ["3200 g"],
    "count": ["01"],
    "time": ["08 giờ 15 phút"],
    "relationship": ["Con", "Mẹ đẻ"],
    "religion": ["Không"],
}


def line(
    text: str, x: float, y: float, *, page: int = 1, struck: bool = False, wide: float = WIDE, **more: Any
) -> TextLine:
    """One read line: its characters stand side by side, `wide` pixels each, from (x, y)."""
    text = unicodedata.normalize("NFC", text)
    characters = tuple(
        Character(text=c, probability=0.9, start=i * wide, end=(i + 1) * wide) for i, c in enumerate(text)
    )
    reading = Reading(text=text, characters=characters, confidence=Confidence(raw=0.9, scale="test"), reader="paper")
    return TextLine(
        page=page,
        part=1,
        box=rectangle(x, y, x + max(1, len(text)) * wide, y + TALL),
        line_to_upright=Transform.shift(x, y),
        readings=(reading,),
        struck_out=struck,
        **more,
    )


def leaf(lines: list[TextLine], side: str = "front", page: int = 1) -> Leaf:
    """The only image of a page, with these lines."""
    return Leaf(page=page, part=1, side=side, lines=tuple(lines))


@dataclass
class Noise:
    """What a reader does to print: loses marks, spaces and letters. Values stay as they are unless `values`."""

    marks: float = 0.0
    spaces: float = 0.0
    letters: float = 0.0
    values: bool = False
    seed: int = 1
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def __call__(self, text: str) -> str:
        out = []
        for c in text:
            if c == " " and self.rng.random() < self.spaces:
                continue
            if c.isalpha() and self.rng.random() < self.letters:
                c = self.rng.choice("aeiounmlt")
            if self.rng.random() < self.marks:
                c = unicodedata.normalize("NFD", c)[0].replace("đ", "d").replace("Đ", "D")
            out.append(c)
        return "".join(out)


@dataclass
class Paper:
    """Writes one page. `joined`: a row's items come as one line; `apart`: label and value as two lines."""

    noise: Noise = field(default_factory=Noise)
    joined: bool = False
    apart: bool = False
    seed: int = 1
    page: int = 1
    width: int = 2300
    empty: frozenset[str] = frozenset()
    dots: bool = False
    lines: list[TextLine] = field(default_factory=list)
    truth: dict[str, str] = field(default_factory=dict)
    y: float = 100.0

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def put(self, text: str, x: float, y: float) -> None:
        if text.strip():
            self.lines.append(line(text, x, y, page=self.page))

    def value(self, item: Item | Column, name: str | None) -> str:
        if name and name in self.empty:
            value = ""
        elif isinstance(item, Item) and item.prompts:
            value = item.prompts.removeprefix("…, ")
            for part in ("05", "02", "2021") if "ngày" in value.lower() else ("08", "15"):
                value = value.replace("…", part, 1)
        else:
            value = self.rng.choice(VALUES[item.grammar])
        if name:
            self.truth[name] = value
        return value

    def write(self, page: FormPage) -> Paper:
        for section in page.sections:
            getattr(self, section.kind)(section)
        self.lines.sort(key=lambda t: (round(t.box[0][1] / 10), t.box[0][0]))
        return self

    def heading(self, section: Section) -> None:
        top, bottoms = self.y, []
        for items, x in ((section.left, 150), (section.right, 1300)):
            self.y = top
            for item in items:
                if item.issuer:
                    rows = ["ỦY BAN NHÂN DÂN", "PHƯỜNG ĐIỆN BIÊN", "QUẬN BA ĐÌNH"][: item.lines]
                    for row in rows:
                        self.put(row, x, self.y)
                        self.y += 60
                    if item.field:
                        self.truth[item.field] = " ".join(rows)
                    continue
                self.item(item, x, 1000)
                self.y += 60
            bottoms.append(self.y)
        self.y = max(bottoms) + 60

    def rows(self, section: Section, prefix: str = "", x: int = 150, width: int | None = None) -> None:
        for row in section.rows:
            self.row(row, prefix, x, width or self.width)

    def row(self, row: Sequence[Item], prefix: str, x: int, width: int) -> None:
        if self.joined and len(row) > 1 and not row[0].caption:
            texts = [self.label(i) + " " + self.value(i, prefix + i.field if i.field else None) for i in row]
            if sum(map(len, texts)) * WIDE < width:
                self.put("   ".join(texts), x, self.y)
                self.y += PITCH
                return
        share = width // len(row)
        extra = max(self.item(item, x + n * share, share, prefix) for n, item in enumerate(row))
        self.y += PITCH * (1 + extra)

    def label(self, item: Item) -> str:
        return self.noise(item.text or item.label)

    def item(self, item: Item, x: int, width: int, prefix: str = "") -> int:
        """Writes label and value; returns how many rows the value ran over beyond the first."""
        if item.text:
            self.put(self.label(item), x, self.y)
            return 0
        label = self.label(item)
        if item.caption:
            self.put(label, x, self.y)
            self.put(self.noise(item.note), x, self.y + 60)
            if item.field:
                self.put(self.value(item, prefix + item.field), x, self.y + 330)
            return 5
        value = self.value(item, prefix + item.field if item.field else None)
        return self.place(label, value, item.lines, x, width)

    def place(self, label: str, value: str, most: int, x: int, width: int) -> int:
        room = max(len(label) + 4, width // WIDE - 2)
        words, current = value.split(" "), label + (" " if label else "")
        rows: list[str] = []
        start = len(current)
        for word in words:
            if len(rows) + 1 < most and len(current) + len(word) > room:
                rows.append(current)
                current = ""
            current += word + " "
        rows.append(current.rstrip() + (" ......" if self.dots else ""))
        if self.apart and label:
            self.put(label, x, self.y)
            self.put(rows[0][start:].strip(), x + (start + 3) * WIDE, self.y)
        else:
            self.put(rows[0].strip(), x, self.y)
        for n, row in enumerate(rows[1:], 1):
            self.put(row.strip(), x, self.y + n * PITCH)
        return len(rows) - 1

    def persons(self, section: Section) -> None:
        if section.labelled == "cell":
            self.blocks(section)
            return
        columns = [700, 1500]
        for c, x in zip(section.columns, columns, strict=True):
            self.put(self.noise(c.label), x + 200, self.y)
        self.y += PITCH
        for (item,) in section.rows:
            self.put(self.noise(item.label), 150, self.y)
            extra = [
                self.place("", self.value(item, c.prefix + (item.field or "")), item.lines, x, 780)
                for c, x in zip(section.columns, columns, strict=True)
            ]
            self.y += PITCH * (1 + max(extra))

    def blocks(self, section: Section) -> None:
        top, bottoms = self.y, []
        for c, x in zip(section.columns, (150, 1300), strict=True):
            self.y = top
            for n, (item,) in enumerate(section.rows):
                label = self.noise(c.label if n == 0 else item.label)
                extra = self.place(label, self.value(item, c.prefix + (item.field or "")), item.lines, x, 1050)
                self.y += PITCH * (1 + extra)
            bottoms.append(self.y)
        self.y = max(bottoms)

    def repeat(self, section: Section) -> None:
        for block in range(section.blocks):
            self.rows(section, section.prefix.replace("[]", f"[{block}]"))

    def signatures(self, section: Section) -> None:
        self.rows(section)

    def entries(self, section: Section, count: int = 4) -> None:
        total = sum(c.width for c in section.columns)
        self.width = 4600
        xs, x = [], 150.0
        for c in section.columns:
            xs.append((x, c.width / total * self.width))
            x += xs[-1][1]
        for group in dict.fromkeys(c.group for c in section.columns if c.group):
            inside = [xs[n] for n, c in enumerate(section.columns) if c.group == group]
            self.put(self.noise(group), (inside[0][0] + inside[-1][0] + inside[-1][1]) / 2 - 120, self.y)
        self.y += PITCH
        deep = max(
            self.place("", self.noise(c.label), 4, int(x), int(w))
            for c, (x, w) in zip(section.columns, xs, strict=True)
        )
        self.y += PITCH * (deep + 1)
        self.entry_rows(section, xs, count)

    def entry_rows(self, section: Section, xs: Sequence[tuple[float, float]], count: int) -> None:
        for n in range(count):
            deepest = 0
            for c, (x, w) in zip(section.columns, xs, strict=True):
                name = c.field and (
                    f"[{n}].{c.field}" if section.each == "record" else section.prefix.replace("[]", f"[{n}]") + c.field
                )
                value = str(n + 1) if c.label in {"Số", "Số TT"} else self.value(c, name if name else None)
                if name and c.label == "Số":
                    self.truth[name] = value
                deepest = max(deepest, self.place("", value, 6, int(x), int(w)))
            self.y += PITCH * (deepest + 1) + 20
