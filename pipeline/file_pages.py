"""The pages of one file, read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from pipeline.codes import Separator
from pipeline.domain.errors import HotichError, InputError
from pipeline.domain.message import Message
from pipeline.domain.model import Finding, PageImage, PageReport
from pipeline.feed_order import printed_number
from pipeline.intake import Document
from pipeline.read_page import Readers, ReadPage, read_page
from pipeline.separator_page import separator_of

OnPage = Callable[[PageImage, ReadPage], None]
"""Called after each page, in order, while its pixels are still there."""


class FilePages:
    """Reads pages one at a time; what goes wrong with one is kept as a finding and the next is read."""

    def __init__(
        self, document: Document, readers: Readers, on_page: OnPage | None, skip: Mapping[int, Finding]
    ) -> None:
        self._document, self._readers, self._on_page, self._skip = document, readers, on_page, skip
        self.reports: list[PageReport] = []
        self.missed: dict[int, Finding] = {}
        self.separators: dict[int, Separator] = {}
        self.printed: dict[int, int | None] = {}
        self.failures: list[InputError] = []
        self.read = 0

    def __iter__(self) -> Iterator[ReadPage]:
        for number in range(1, self._document.page_count + 1):
            if number in self._skip:
                self._miss(number, self._skip[number])
                continue
            try:
                page = self._document.page(number)
            except InputError as error:
                self.failures.append(error)
                self._miss(number, Finding(code="page.unreadable", message=_about_page(number, error)))
                continue
            read = read_page(page, self._readers)
            self.read += 1
            self.reports.append(replace(read.report, printed=_printed(read)))
            separator = separator_of(read)
            if separator is not None:
                self.separators[number] = separator
            else:
                self.printed[number] = printed_number([line for image in read.images for line in image.lines])
            if self._on_page is not None:
                self._on_page(page, read)
            del page
            yield read

    @property
    def blank(self) -> tuple[int, ...]:
        """The pages that are judged blank and are no separator sheets."""
        return tuple(r.number for r in self.reports if r.blank and r.number not in self.separators)

    def _miss(self, number: int, finding: Finding) -> None:
        self.missed[number] = finding
        report = PageReport(number=number, dpi=None, rotation=0, skew_deg=None, quality={}, findings=(finding,))
        self.reports.append(report)


class OnlySeparators(InputError):
    """The file holds separator sheets and no paper: there is nothing to make a record of."""

    code = "input.only_separators"


def without_papers(pages: FilePages) -> InputError:
    """Why nothing is kept of a file in which nothing but separator sheets was read: a page that failed comes first."""
    if pages.failures:
        return pages.failures[0]
    if pages.missed:
        number, finding = next(iter(pages.missed.items()))
        return InputError(finding.message, page=number)
    return OnlySeparators(
        Message(
            "Tệp chỉ có tờ ngăn, không có giấy tờ nào; không cần làm gì",
            "The file holds separator sheets only and no paper: nothing needs to be done",
        )
    )


def _printed(read: ReadPage) -> tuple[int | None, ...]:
    """The page number on each written image: a photo of an opened book shows two pages."""
    return tuple(printed_number(image.lines) for image in read.images if not image.image.blank)


def _about_page(number: int, error: HotichError) -> Message:
    vi, en = error.message.vi, error.message.en
    return Message(f"Trang {number} không đọc được: {vi}", f"Page {number} could not be read: {en}")
