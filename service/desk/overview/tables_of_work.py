"""The overview's tables and the figures of its plots: counts in words, with links to the items that were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pipeline.domain.message import Message
from pipeline.forms.loading import load_forms
from pipeline.judging.review.intervals import Interval, exact_interval
from service.desk import wording
from service.desk.overview.plots import PromiseState, decimal, english, interval_text, number, percent, promise_state
from service.desk.overview.tables import Cell, Table, items_link, number_cell, text_cell, words_cell
from storage.review.statistics import AGES, Backlog, Passed, SampleResult, Settled, Span, Statistics
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
_PROMISE_WORDS: Final = {
    PromiseState.KEPT: Message("Giữ đúng mức cam kết", "Kept"),
    PromiseState.BROKEN: Message("Vượt mức cam kết", "Broken"),
    PromiseState.OPEN: Message("Chưa đủ để biết", "Too few to tell"),
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
    """Waiting items by age, type, class and book; by office where there are several."""
    titles = {
        "type": (
            "document_type",
            Message("Đang chờ theo loại giấy tờ", "Waiting by kind of paper"),
            Message("Loại giấy tờ", "Paper"),
        ),
        "class": (
            "field_class",
            Message("Đang chờ theo loại mục", "Waiting by kind of field"),
            Message("Loại mục", "Field"),
        ),
        "book": ("book", Message("Đang chờ theo sổ", "Waiting by book"), Message("Sổ", "Book")),
        "office": ("office", Message("Đang chờ theo cơ quan", "Waiting by office"), Message("Cơ quan", "Office")),
    }
    tables = [_ages_table(ages, now)]
    for by, (column, title, first) in titles.items():
        if by == "office" and len(offices) == 1:
            continue
        groups = by_type if by == "type" else counted.backlog(offices, by, most=_MOST)
        rows = [
            [
                _group_cell(by, counts.group),
                number_cell(number(counts.count), counts.count, items_link(state="open", **{column: counts.group[0]})),
                Cell(text=Message(wording.when(counts.oldest), wording.when(counts.oldest)), plain=counts.oldest),
            ]
            for counts in groups
        ]
        tables.append(Table(name=f"backlog-{by}", title=title, columns=(first, _COUNT, _OLDEST), rows=rows))
    return tables


def age_bars(ages: Sequence[int], now: datetime) -> list[tuple[str, float, str, str | None]]:
    return [
        (words.vi, count, number(count), _age_link(place, now))
        for place, (words, count) in enumerate(zip(AGE_WORDS, ages, strict=True))
    ]


def passed_by(counted: Statistics, offices: Sequence[str], span: Span) -> PassedBy:
    by_book = [book for book in counted.passed(offices, span, "book") if book.group[0]]
    return {"form": counted.passed(offices, span, "form"), "book": by_book[:_MOST]}


def passed(counted: PassedBy, period: str) -> list[Table]:
    """Fields accepted unseen: by form, with its writing, and by book."""
    tables = []
    for by, groups in counted.items():
        writing = [Message("Chữ", "Writing")] if by == "form" else []
        columns = (
            _BY[by], *writing, Message("Mục đã đọc", "Fields read"), Message("Tự động chấp nhận", "Accepted unseen"),
            Message("Tỷ lệ", "Share"), Message("Cần người xem", "For people"),
        )  # fmt: skip
        rows = []
        for counts in groups:
            writing_cells = [words_cell(_writing(*counts.group))] if by == "form" else []
            link = items_link(state="all", period=period, **_group_query(by, counts.group))
            rows.append(
                [
                    _group_cell(by, counts.group),
                    *writing_cells,
                    number_cell(number(counts.fields), counts.fields),
                    number_cell(number(counts.accepted), counts.accepted),
                    number_cell(
                        percent(_share(counts.accepted, counts.fields)), _share(counts.accepted, counts.fields)
                    ),
                    number_cell(number(counts.fields - counts.accepted), counts.fields - counts.accepted, link),
                ]
            )
        title = Message("Tự động chấp nhận theo mẫu giấy tờ", "Accepted unseen by form")
        title = title if by == "form" else Message("Tự động chấp nhận theo sổ", "Accepted unseen by book")
        tables.append(Table(name=f"accepted-{by}", title=title, columns=columns, rows=rows))
    return tables


def passed_bars(by_form: Sequence[Passed]) -> list[tuple[str, float, str, str | None]]:
    """Fields accepted unseen by kind of paper, its forms together."""
    kinds: dict[str, list[int]] = {}
    for form in by_form:
        counts = kinds.setdefault(form.group[0], [0, 0])
        counts[0] += form.accepted
        counts[1] += form.fields
    return [
        (wording.paper_words(kind).vi, accepted / fields, f"{percent(accepted / fields)} / {number(fields)}", None)
        for kind, (accepted, fields) in kinds.items()
        if fields
    ]


def measured(
    counted: Statistics,
    offices: Sequence[str],
    span: Span,
    by_class: Sequence[SampleResult],
    promise: float,
    period: str,
    *,
    whole: bool,
) -> list[Table]:
    """The error that was measured on the sample of what the machine accepted, against the promise: by class, form, book
    and model; then people's error."""
    names = {
        "class": ("error-class", Message("Tỷ lệ sai đo được theo loại mục", "Measured error by class"), by_class),
        "form": ("error-form", Message("Tỷ lệ sai đo được theo mẫu giấy tờ", "Measured error by form"), None),
        "book": ("error-book", Message("Tỷ lệ sai đo được theo sổ", "Measured error by book"), None),
        "model": ("error-model", Message("Tỷ lệ sai đo được theo mô hình đọc", "Measured error by model"), None),
    }
    tables = []
    for by, (name, text, known) in names.items():
        samples = known if known is not None else counted.measured(offices, span, by)[:_MOST]
        tables.append(_error_table(name, text, by, samples, promise, period, by_people="0", whole=whole))
    people = counted.measured_people(offices, span, "class")
    title = Message("Tỷ lệ sai của người duyệt, đo lại ngẫu nhiên", "People's error, measured on a random sample")
    tables.append(_error_table("error-people", title, "class", people, promise, period, by_people="1", whole=whole))
    return tables


def error_rows(by_class: Sequence[SampleResult]) -> list[tuple[Message, Interval]]:
    wrong, looked = sum(sample.wrong for sample in by_class), sum(sample.looked for sample in by_class)
    rows = [(Message("Tất cả", "All"), exact_interval(wrong, looked))]
    return rows + [
        (_group_words("class", sample.group), exact_interval(sample.wrong, sample.looked)) for sample in by_class
    ]


def promised(error: tuple[int, int], promise: float) -> Message:
    """What the sample says of the promise, in one sentence."""
    interval = exact_interval(*error)
    measured_text, most = interval_text(interval), percent(promise)
    if interval.share is None:
        return Message(
            f"Mức cam kết: không quá {most} mục tự động chấp nhận bị sai. Chưa có mẫu kiểm tra trong thời gian này.",
            f"Promised: at most {english(most)} of what is accepted unseen is wrong. Nothing was sampled in this time.",
        )
    looked = number(interval.of)
    verdict = {
        PromiseState.KEPT: Message("Cam kết được giữ.", "The promise is kept."),
        PromiseState.BROKEN: Message("Cam kết bị vượt.", "The promise is broken."),
        PromiseState.OPEN: Message("Mẫu còn ít, chưa kết luận được.", "The sample is too small to tell."),
    }[promise_state(interval, promise)]
    return Message(
        f"Mức cam kết: không quá {most} mục tự động chấp nhận bị sai. "
        f"Đo được {measured_text} trên {looked} mục. {verdict.vi}",
        english(
            f"Promised: at most {most} of what is accepted unseen is wrong. "
            f"Measured {measured_text} on {looked}. {verdict.en}"
        ),
    )


def reasons(counted: Statistics, offices: Sequence[str], span: Span) -> Reasons:
    waiting = {group.group[0]: group.count for group in counted.backlog(offices, "reason")}
    settled = {group.group[0]: group for group in counted.settled(offices, span, "reason")}
    nothing = Settled(group=(), changed=0, settled=0)
    rows = [
        (code, waiting.get(code, 0), settled.get(code, nothing).settled, settled.get(code, nothing).changed)
        for code in {**waiting, **settled}
    ]
    return sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))


def reasons_table(counts: Reasons, period: str, *, whole: bool) -> Table:
    done = {"state": "done", "period": period, "kind": "doubt" if whole else None}
    rows = [
        [
            words_cell(wording.reason_words(code), plain=code),
            number_cell(number(waiting), waiting, items_link(state="open", reason=code)),
            number_cell(number(settled), settled, items_link(**done, reason=code)),
            number_cell(number(changed), changed, items_link(**done, reason=code, changed=1)),
            number_cell(percent(_share(changed, settled)), _share(changed, settled)),
        ]
        for code, waiting, settled, changed in counts
    ]
    columns = (Message("Lý do", "Reason"), Message("Đang chờ", "Waiting"), _SETTLED, _CHANGED, _CHANGED_SHARE)
    return Table(
        name="reasons", title=Message("Vì sao cần người xem", "Why people are asked"), columns=columns, rows=rows
    )


def reason_bars(counts: Reasons) -> list[tuple[str, float, str, str | None]]:
    return [
        (wording.reason_words(code).vi, waiting + settled, number(waiting + settled), None)
        for code, waiting, settled, _ in counts[:8]
    ]


def people(
    counted: Statistics, offices: Sequence[str], span: Span, only: str | None, by: str | None, period: str
) -> Table:
    """Each person's work; `only`: of this person alone. With `by` split by class, form or book."""
    rows = []
    for group, work in counted.people(offices, span, person=only, by=by):
        filters: dict[str, object] = {"state": "all", "person": work.person, "decided": period}
        filters |= _group_query(by, group) if by else {}
        agreement, seeds = exact_interval(work.agreed, work.compared), exact_interval(work.wrong, work.seeds)
        rows.append(
            [
                text_cell(work.person),
                *([_group_cell(by, group)] if by else []),
                number_cell(number(work.decisions), work.decisions, items_link(**filters)),
                number_cell(decimal(work.median_s), work.median_s),
                number_cell(decimal(work.keys / work.decisions), work.keys / work.decisions),
                number_cell(percent(work.changed / work.decisions), work.changed / work.decisions),
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
    """Forms and books where the most is wrong or changed, ranked by the lower ends of the 95 % intervals: a few bad
    fields among few do not lead the list."""
    tables = []
    for by, title in (
        ("form", Message("Mẫu giấy tờ có tỷ lệ sai cao nhất", "Worst forms")),
        ("book", Message("Sổ có tỷ lệ sai cao nhất", "Worst books")),
    ):
        sampled = {counts.group: counts for counts in counted.measured(offices, span, by)}
        changed = {counts.group: counts for counts in counted.settled(offices, span, by)}
        ranked = []
        for group in {**changed, **sampled}:
            if by == "book" and not group[0]:
                continue
            sample, settled = sampled.get(group), changed.get(group)
            error = exact_interval(sample.wrong, sample.looked) if sample else exact_interval(0, 0)
            corrected = exact_interval(settled.changed, settled.settled) if settled else exact_interval(0, 0)
            ranked.append((error.low, corrected.low, group, error, corrected))
        ranked.sort(key=lambda row: (-row[0], -row[1], row[2]))
        rows = [_worst_row(by, group, error, fixed, period, whole) for _, _, group, error, fixed in ranked[:_MOST]]
        columns = (_BY[by], _LOOKED, _SHARE, _SETTLED, _CHANGED, _CHANGED_SHARE)
        tables.append(Table(name=f"worst-{by}", title=title, columns=columns, rows=rows))
    return tables


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
    samples: Sequence[SampleResult],
    promise: float,
    period: str,
    *,
    by_people: str,
    whole: bool,
) -> Table:
    rows = []
    for sample in samples:
        share = exact_interval(sample.wrong, sample.looked)
        which = {**_group_query(by, sample.group), "state": "done", "period": period, "kind": "sample"}
        which["by_people"] = by_people
        state = promise_state(share, promise)
        rows.append(
            [
                _group_cell(by, sample.group),
                number_cell(number(sample.looked), sample.looked, items_link(**which) if whole else None),
                number_cell(number(sample.wrong), sample.wrong, items_link(**which, wrong=1) if whole else None),
                number_cell(interval_text(share), share.share),
                number_cell(percent(share.low), share.low),
                number_cell(percent(share.high), share.high),
                words_cell(_PROMISE_WORDS[state], state=state),
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


def _of(interval: Interval) -> str:
    return (
        "—" if interval.share is None else f"{percent(interval.share)} ({number(interval.found)}/{number(interval.of)})"
    )


def _writing(document_type: str, form: str) -> Message:
    """How a form is filled in (printed, typed, by hand), from its definition."""
    for definition in load_forms():
        if definition.type == document_type and definition.form == form:
            kinds = [_PRINT.get(kind, Message.same(kind)) for kind in definition.writing]
            return Message(", ".join(kind.vi for kind in kinds), ", ".join(kind.en for kind in kinds))
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
        paper = wording.paper_words(group[0], group[1])
        return Message(f"{paper.vi} ({group[1]})", f"{paper.en} ({group[1]})") if group[1] else paper
    if by == "class":
        return wording.CLASSES.get(group[0], Message.same(group[0]))
    text = group[0][:16] if by == "model" else group[0]
    if not text:
        return Message("không theo sổ", "in no book") if by == "book" else Message("(chung)", "(shared)")
    return Message(text, text)
