"""The overview's tables and what its plots are drawn from: counts in words, with links to what is behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pipeline.domain.message import Message
from pipeline.forms.loading import load_forms
from pipeline.judging.review.intervals import Interval, exact_interval
from service.desk import wording
from service.desk.overview.plots import decimal, english, interval_text, judged, number, percent
from service.desk.overview.tables import Cell, Table, items_link, number_cell, text_cell, words_cell
from storage.review.statistics import AGES, Backlog, Looked, Passed, Settled, Span, Statistics
from storage.times import time_text

_MOST: Final = 20
_COUNT = Message("Số mục", "Items")
_OLDEST = Message("Cũ nhất", "Oldest")
_LOOKED = Message("Đã kiểm tra", "Looked at")
_WRONG = Message("Sai", "Wrong")
_SHARE = Message("Tỷ lệ sai (khoảng tin cậy 95 %)", "Share wrong (95 % interval)")
_SETTLED = Message("Đã quyết định", "Decided")
_CHANGED = Message("Đã sửa", "Changed")
_CHANGED_SHARE = Message("Tỷ lệ sửa", "Share changed")
_JUDGED: Final = {
    "kept": Message("Giữ đúng cam kết", "Kept"),
    "broken": Message("Vượt cam kết", "Broken"),
    "open": Message("Chưa đủ để biết", "Too few to tell"),
}
_PRINT: Final = {
    "print": Message("in", "print"),
    "typed": Message("máy chữ", "typewriter"),
    "pen": Message("viết tay", "pen"),
}
_BY: Final = {
    "class": Message("Loại mục", "Kind of field"),
    "form": Message("Mẫu giấy", "Form"),
    "book": Message("Sổ", "Book"),
}
AGE_WORDS: Final = [
    *(Message(f"{a} – {b} ngày", f"{a} to {b} days") for a, b in zip((0, *AGES[:-1]), AGES, strict=True)),
    Message(f"trên {AGES[-1]} ngày", f"over {AGES[-1]} days"),
]  # fmt: skip

Reasons = Sequence[tuple[str, int, int, int]]
"""(reason, waiting, settled, changed), the most first."""
PassedBy = Mapping[str, Sequence[Passed]]
"""Fields that passed unseen, by form and by book."""


def throughput(columns: Sequence[tuple[str, int, str | None]], period: str) -> Table:
    first = Message("Giờ", "Hour") if period == "1" else Message("Ngày", "Day")
    rows = [[text_cell(label), number_cell(number(count), count, href)] for label, count, href in columns]
    return Table(
        name="throughput",
        title=Message("Số quyết định", "Decisions"),
        columns=(first, Message("Quyết định", "Decisions")),
        rows=rows,
    )


def backlog(
    counted: Statistics, offices: Sequence[str], by_type: Sequence[Backlog], ages: Sequence[int], now: datetime
) -> list[Table]:
    """What waits by age, type, class, reason and book; by office where there are several."""
    titles = {
        "type": (
            "document_type",
            Message("Đang chờ theo loại giấy", "Waiting by kind of paper"),
            Message("Loại giấy", "Paper"),
        ),
        "class": (
            "field_class",
            Message("Đang chờ theo loại mục", "Waiting by kind of field"),
            Message("Loại mục", "Field"),
        ),
        "book": ("book", Message("Đang chờ theo sổ", "Waiting by book"), Message("Sổ", "Book")),
        "office": ("office", Message("Đang chờ theo cơ quan", "Waiting by office"), Message("Cơ quan", "Office")),
    }
    out = [_ages_table(ages, now)]
    for by, (column, title, first) in titles.items():
        if by == "office" and len(offices) == 1:
            continue
        found = by_type if by == "type" else counted.backlog(offices, by, most=_MOST)
        rows = [
            [
                _group_cell(by, one.group),
                number_cell(number(one.count), one.count, items_link(state="open", **{column: one.group[0]})),
                Cell(text=Message(wording.when(one.oldest), wording.when(one.oldest)), plain=one.oldest),
            ]
            for one in found
        ]
        out.append(Table(name=f"backlog-{by}", title=title, columns=(first, _COUNT, _OLDEST), rows=rows))
    return out


def age_bars(ages: Sequence[int], now: datetime) -> list[tuple[str, float, str, str | None]]:
    return [
        (words.vi, count, number(count), _age_link(place, now))
        for place, (words, count) in enumerate(zip(AGE_WORDS, ages, strict=True))
    ]


def passed_by(counted: Statistics, offices: Sequence[str], span: Span) -> PassedBy:
    by_book = [one for one in counted.passed(offices, span, "book") if one.group[0]]
    return {"form": counted.passed(offices, span, "form"), "book": by_book[:_MOST]}


def passed(counted: PassedBy, period: str) -> list[Table]:
    """Fields that passed unseen by form with its writing, and by book."""
    out = []
    for by, found in counted.items():
        writing = [Message("Chữ", "Writing")] if by == "form" else []
        columns = (
            _BY[by], *writing, Message("Mục đã đọc", "Fields read"), Message("Tự động nhận", "Accepted unseen"),
            Message("Tỷ lệ", "Share"), Message("Cần người xem", "For people"),
        )  # fmt: skip
        rows = []
        for one in found:
            told = [words_cell(_writing(*one.group))] if by == "form" else []
            asked = items_link(state="all", period=period, **_group_query(by, one.group))
            rows.append(
                [
                    _group_cell(by, one.group),
                    *told,
                    number_cell(number(one.fields), one.fields),
                    number_cell(number(one.accepted), one.accepted),
                    number_cell(percent(_share(one.accepted, one.fields)), _share(one.accepted, one.fields)),
                    number_cell(number(one.fields - one.accepted), one.fields - one.accepted, asked),
                ]
            )
        title = Message("Tự động nhận theo mẫu giấy", "Accepted unseen by form")
        title = title if by == "form" else Message("Tự động nhận theo sổ", "Accepted unseen by book")
        out.append(Table(name=f"accepted-{by}", title=title, columns=columns, rows=rows))
    return out


def passed_bars(by_form: Sequence[Passed]) -> list[tuple[str, float, str, str | None]]:
    """By kind of paper, its forms together."""
    kinds: dict[str, list[int]] = {}
    for one in by_form:
        counts = kinds.setdefault(one.group[0], [0, 0])
        counts[0] += one.accepted
        counts[1] += one.fields
    return [
        (wording.paper_words(kind).vi, accepted / fields, f"{percent(accepted / fields)} / {number(fields)}", None)
        for kind, (accepted, fields) in kinds.items()
        if fields
    ]


def measured(
    counted: Statistics,
    offices: Sequence[str],
    span: Span,
    by_class: Sequence[Looked],
    promise: float,
    period: str,
    *,
    whole: bool,
) -> list[Table]:
    """The sample of what the machine accepted against the promise: by class, form, book and model; then people's."""
    names = {
        "class": ("error-class", Message("Sai số đo được theo loại mục", "Measured error by kind of field"), by_class),
        "form": ("error-form", Message("Sai số đo được theo mẫu giấy", "Measured error by form"), None),
        "book": ("error-book", Message("Sai số đo được theo sổ", "Measured error by book"), None),
        "model": ("error-model", Message("Sai số đo được theo mô hình đọc", "Measured error by reading model"), None),
    }
    out = []
    for by, (name, text, known) in names.items():
        found = known if known is not None else counted.measured(offices, span, by)[:_MOST]
        out.append(_error_table(name, text, by, found, promise, period, by_people="0", whole=whole))
    people = counted.measured_people(offices, span, "class")
    title = Message("Sai số của người duyệt, đo lại ngẫu nhiên", "People's error, measured on a random sample")
    out.append(_error_table("error-people", title, "class", people, promise, period, by_people="1", whole=whole))
    return out


def error_rows(by_class: Sequence[Looked]) -> list[tuple[Message, Interval]]:
    wrong, looked = sum(one.wrong for one in by_class), sum(one.looked for one in by_class)
    rows = [(Message("Tất cả", "All"), exact_interval(wrong, looked))]
    return rows + [(_group_words("class", one.group), exact_interval(one.wrong, one.looked)) for one in by_class]


def promised(error: tuple[int, int], promise: float) -> Message:
    """What the sample says of the promise, in one sentence."""
    one = exact_interval(*error)
    said, most = interval_text(one), percent(promise)
    if one.share is None:
        return Message(
            f"Cam kết: không quá {most} mục tự động nhận bị sai. Chưa có mẫu kiểm tra nào trong thời gian này.",
            f"Promised: at most {english(most)} of what is accepted unseen is wrong. Nothing was sampled in this time.",
        )
    looked = number(one.of)
    verdict = {
        "kept": Message("Cam kết được giữ.", "The promise is kept."),
        "broken": Message("Cam kết bị vượt.", "The promise is broken."),
        "open": Message("Mẫu còn ít, chưa kết luận được.", "The sample is too small to tell."),
    }[judged(one, promise)]
    return Message(
        f"Cam kết: không quá {most} mục tự động nhận bị sai. Đo được {said} trên {looked} mục. {verdict.vi}",
        english(
            f"Promised: at most {most} of what is accepted unseen is wrong. Measured {said} on {looked}. {verdict.en}"
        ),
    )


def reasons(counted: Statistics, offices: Sequence[str], span: Span) -> Reasons:
    waiting = {one.group[0]: one.count for one in counted.backlog(offices, "reason")}
    settled = {one.group[0]: one for one in counted.settled(offices, span, "reason")}
    nothing = Settled(group=(), changed=0, settled=0)
    rows = [
        (code, waiting.get(code, 0), settled.get(code, nothing).settled, settled.get(code, nothing).changed)
        for code in {**waiting, **settled}
    ]
    return sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))


def reasons_table(found: Reasons, period: str, *, whole: bool) -> Table:
    done = {"state": "done", "period": period, "kind": "doubt" if whole else None}
    rows = [
        [
            words_cell(wording.reason_words(code), plain=code),
            number_cell(number(waiting), waiting, items_link(state="open", reason=code)),
            number_cell(number(settled), settled, items_link(**done, reason=code)),
            number_cell(number(changed), changed, items_link(**done, reason=code, changed=1)),
            number_cell(percent(_share(changed, settled)), _share(changed, settled)),
        ]
        for code, waiting, settled, changed in found
    ]
    columns = (Message("Lý do", "Reason"), Message("Đang chờ", "Waiting"), _SETTLED, _CHANGED, _CHANGED_SHARE)
    return Table(
        name="reasons", title=Message("Vì sao cần người xem", "Why people are asked"), columns=columns, rows=rows
    )


def reason_bars(found: Reasons) -> list[tuple[str, float, str, str | None]]:
    return [
        (wording.reason_words(code).vi, waiting + settled, number(waiting + settled), None)
        for code, waiting, settled, _ in found[:8]
    ]


def people(
    counted: Statistics, offices: Sequence[str], span: Span, only: str | None, by: str | None, period: str
) -> Table:
    """Each person's work; `only`: this person's. With `by` for each class, form or book."""
    rows = []
    for group, one in counted.people(offices, span, person=only, by=by):
        mine: dict[str, object] = {"state": "all", "person": one.person, "decided": period}
        mine |= _group_query(by, group) if by else {}
        agreement, seeds = exact_interval(one.agreed, one.compared), exact_interval(one.wrong, one.seeds)
        rows.append(
            [
                text_cell(one.person),
                *([_group_cell(by, group)] if by else []),
                number_cell(number(one.decisions), one.decisions, items_link(**mine)),
                number_cell(decimal(one.median_s), one.median_s),
                number_cell(decimal(one.keys / one.decisions), one.keys / one.decisions),
                number_cell(percent(one.changed / one.decisions), one.changed / one.decisions),
                number_cell(_of(agreement), agreement.share),
                number_cell(_of(seeds), seeds.share),
            ]
        )
    columns = (
        Message("Người", "Person"), *([_BY[by]] if by else []), Message("Quyết định", "Decisions"),
        Message("Giây, trung vị", "Seconds, median"), Message("Phím mỗi mục", "Keys per field"), _CHANGED_SHARE,
        Message("Khớp với người khác", "Agreed with others"),
        Message("Sai ở mục có sẵn đáp án", "Wrong where truth is known"),
    )  # fmt: skip
    return Table(name="people", title=Message("Người duyệt", "Reviewers"), columns=columns, rows=rows)


def worst(counted: Statistics, offices: Sequence[str], span: Span, period: str, *, whole: bool) -> list[Table]:
    """Forms and books where the most is wrong or changed, so far as it is sure: by the lower ends of the intervals."""
    out = []
    for by, title in (
        ("form", Message("Mẫu giấy kém nhất", "Worst forms")),
        ("book", Message("Sổ kém nhất", "Worst books")),
    ):
        sampled = {one.group: one for one in counted.measured(offices, span, by)}
        changed = {one.group: one for one in counted.settled(offices, span, by)}
        found = []
        for group in {**changed, **sampled}:
            if by == "book" and not group[0]:
                continue
            one, other = sampled.get(group), changed.get(group)
            error = exact_interval(one.wrong, one.looked) if one else exact_interval(0, 0)
            corrected = exact_interval(other.changed, other.settled) if other else exact_interval(0, 0)
            found.append((error.low, corrected.low, group, error, corrected))
        found.sort(key=lambda row: (-row[0], -row[1], row[2]))
        rows = [_worst_row(by, group, error, fixed, period, whole) for _, _, group, error, fixed in found[:_MOST]]
        columns = (_BY[by], _LOOKED, _SHARE, _SETTLED, _CHANGED, _CHANGED_SHARE)
        out.append(Table(name=f"worst-{by}", title=title, columns=columns, rows=rows))
    return out


def _worst_row(
    by: str, group: tuple[str, ...], error: Interval, fixed: Interval, period: str, whole: bool
) -> list[Cell]:
    which = _group_query(by, group) | {"state": "done", "period": period}
    sample = items_link(**which, kind="sample", by_people=0) if whole else None
    which |= {"kind": "doubt"} if whole else {}
    return [
        _group_cell(by, group),
        number_cell(number(error.of), error.of, sample),
        number_cell(interval_text(error), error.share),
        number_cell(number(fixed.of), fixed.of, items_link(**which)),
        number_cell(number(fixed.found), fixed.found, items_link(**which, changed=1)),
        number_cell(percent(fixed.share), fixed.share),
    ]


def _error_table(
    name: str,
    title: Message,
    by: str,
    found: Sequence[Looked],
    promise: float,
    period: str,
    *,
    by_people: str,
    whole: bool,
) -> Table:
    rows = []
    for one in found:
        share = exact_interval(one.wrong, one.looked)
        which = {**_group_query(by, one.group), "state": "done", "period": period, "kind": "sample"}
        which["by_people"] = by_people
        state = judged(share, promise)
        rows.append(
            [
                _group_cell(by, one.group),
                number_cell(number(one.looked), one.looked, items_link(**which) if whole else None),
                number_cell(number(one.wrong), one.wrong, items_link(**which, wrong=1) if whole else None),
                number_cell(interval_text(share), share.share),
                number_cell(percent(share.low), share.low),
                number_cell(percent(share.high), share.high),
                words_cell(_JUDGED[state], state=state),
            ]
        )
    first = Message("Mô hình", "Model") if by == "model" else _BY[by]
    bounds = (Message("Thấp nhất", "Low"), Message("Cao nhất", "High"))
    columns = (first, _LOOKED, _WRONG, _SHARE, *bounds, Message("So với cam kết", "Against the promise"))
    return Table(name=name, title=title, columns=columns, rows=rows)


def _ages_table(ages: Sequence[int], now: datetime) -> Table:
    rows = [
        [words_cell(words), number_cell(number(count), count, _age_link(place, now))]
        for place, (words, count) in enumerate(zip(AGE_WORDS, ages, strict=True))
    ]
    title = Message("Đang chờ theo thời gian", "Waiting by age")
    return Table(name="backlog-age", title=title, columns=(Message("Đã chờ", "Waiting for"), _COUNT), rows=rows)


def _age_link(place: int, now: datetime) -> str:
    edges = [now, *(now - timedelta(days=days) for days in AGES)]
    younger = time_text(edges[place + 1]) if place + 1 < len(edges) else None
    older = time_text(edges[place]) if place else None
    return items_link(state="open", older_than=older, younger_than=younger)


def _share(part: int, of: int) -> float | None:
    return part / of if of else None


def _of(one: Interval) -> str:
    return "—" if one.share is None else f"{percent(one.share)} ({number(one.found)}/{number(one.of)})"


def _writing(document_type: str, form: str) -> Message:
    """What a form is filled in with, by its definition."""
    for definition in load_forms():
        if definition.type == document_type and definition.form == form:
            told = [_PRINT.get(one, Message.same(one)) for one in definition.writing]
            return Message(", ".join(one.vi for one in told), ", ".join(one.en for one in told))
    return Message("—", "—")


def _group_query(by: str, group: Sequence[str]) -> dict[str, object]:
    names = {
        "form": ("document_type", "form"),
        "book": ("book",),
        "class": ("field_class",),
        "model": ("read_by",),
    }
    return dict(zip(names[by], group, strict=True))


def _group_cell(by: str, group: Sequence[str]) -> Cell:
    return words_cell(_group_words(by, group), plain=" ".join(group) if by in ("form", "type") else None)


def _group_words(by: str, group: Sequence[str]) -> Message:
    if by == "type":
        return wording.paper_words(group[0])
    if by == "form":
        told = wording.paper_words(group[0], group[1])
        return Message(f"{told.vi} ({group[1]})", f"{told.en} ({group[1]})") if group[1] else told
    if by == "class":
        return wording.CLASSES.get(group[0], Message.same(group[0]))
    text = group[0][:16] if by == "model" else group[0]
    if not text:
        return Message("không theo sổ", "in no book") if by == "book" else Message("(chung)", "(shared)")
    return Message(text, text)
