"""The review list as a page: each item with its picture, fifty at a time, filtered by a script of the page's own."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from workers.batch.review_item import BROKEN, SEEN, ReviewItem, link_to, page_of_pdf

_MOST: Final = 2000


def page_of(items: Sequence[ReviewItem], folder: Path) -> str:
    """The page of these items for a browser, to lie in `folder`. Without scripts it shows all of them."""
    parts = [_HEAD, _filters(items[:_MOST])]
    parts += [_article(item, folder) for item in items[:_MOST]]
    if len(items) > _MOST:
        parts.append(f"<p>… {len(items) - _MOST} mục nữa trong / more in review.csv</p>")
    return "\n".join(parts) + _TAIL


def _filters(items: Sequence[ReviewItem]) -> str:
    kinds: tuple[tuple[str, str, Callable[[ReviewItem], str]], ...] = (
        ("type", "Loại giấy tờ / Type", lambda item: item.type_name),
        ("field", "Mục / Entry", _what),
        ("status", "Trạng thái / Status", _status),
    )
    choices = []
    for name, label, told in kinds:
        counted = Counter(map(told, items))
        options = "".join(
            f'<option value="{html.escape(text)}">{html.escape(text)} ({count})</option>'
            for text, count in sorted(counted.items())
            if text
        )
        choices.append(
            f'<label>{label} <select name="{name}"><option value="">Tất cả / all</option>{options}</select></label>'
        )
    return (
        f'<form id="filter">{"".join(choices)}<label>Chữ / Text <input name="text" type="search"></label></form>\n'
        '<p id="pager" hidden><button type="button" data-step="-1">‹ Trước / before</button> <output id="at"></output>'
        ' <button type="button" data-step="1">Sau / next ›</button></p>'
    )


def _article(item: ReviewItem, folder: Path) -> str:
    name, status = html.escape(_what(item)), html.escape(_status(item))
    sure = "" if item.confidence is None else f"tin cậy / sure: {100 * item.confidence:.0f} %"
    told = [html.escape(item.type_name), status, sure, *_links(item, folder), html.escape(item.file)]
    picture = f'<p><img loading="lazy" alt="" src="{html.escape(link_to(item.crop, folder))}"></p>' if item.crop else ""
    return (
        f'<article data-type="{html.escape(item.type_name)}" data-field="{name}" data-status="{status}"><h2>{name}</h2>'
        f"<p class=of>{' · '.join(filter(None, told))}</p>"
        f"{picture}<p class=r>{html.escape(item.read)}</p><p class=of>{html.escape(item.reason)}</p></article>"
    )


def _links(item: ReviewItem, folder: Path) -> list[str]:
    links = []
    where = "" if item.page is None else f"trang / page {item.page}"
    if item.pdf is not None:
        links.append(f'<a href="{html.escape(page_of_pdf(item, folder))}">{where or "PDF"}</a>')
    elif where:
        links.append(where)
    if item.desk:
        links.append(f'<a href="{html.escape(item.desk)}">bàn duyệt / desk</a>')
    return links


def _what(item: ReviewItem) -> str:
    if item.status == SEEN:
        return "có vẻ đã có trong kho / looks like one already held"
    if item.field:
        return item.field_name
    if not (item.record or item.page):
        return "cả tệp / the whole file"
    return "cả giấy tờ / the whole paper" if item.record else "trang không vào hồ sơ nào / page in no record"


def _status(item: ReviewItem) -> str:
    return _STATUSES.get(item.status, item.status)


_STATUSES: Final = {
    "review": "chờ xem / to review",
    "rejected": "không đọc được / rejected",
    "set_aside": "chưa xử lý được / set aside",
    "unreadable": "trang không đọc được / unreadable",
    "open": "cần người xem / to be seen",
    SEEN: "có vẻ đã có / seen before",
    BROKEN: "thứ tự trang của sổ / order of a book's pages",
}
_HEAD: Final = """<!doctype html>
<html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cần xem / to review</title>
<style>body{font:16px/1.4 sans-serif;max-width:60em;margin:1em auto;padding:0 1em}
article{border-top:1px solid #bbb;padding:.5em 0}article[hidden]{display:none}
img{max-width:100%;border:1px solid #ddd}p{margin:.2em 0}.r{font-size:1.3em}.of{color:#555;overflow-wrap:anywhere}
h2{font-size:1.1em;margin:.2em 0}form{display:flex;flex-wrap:wrap;gap:.5em 1em;margin:.5em 0}label{display:grid}
select,input,button{font:inherit;padding:.4em;max-width:20em}
#pager{position:sticky;top:0;background:#fff;padding:.4em 0;border-bottom:1px solid #bbb}</style>
<h1>Cần xem / to review</h1>"""
_TAIL: Final = """
<script>
const all = [...document.querySelectorAll("article")], form = document.getElementById("filter");
const pager = document.getElementById("pager"), at = document.getElementById("at"), EACH = 50;
const plain = text => text.normalize("NFD").replace(/[\\u0300-\\u036f]/g, "").replace(/đ/gi, "d").toLowerCase();
const texts = all.map(one => plain(one.textContent));
let page = 0;
function show() {
  const asked = Object.fromEntries(new FormData(form)), text = plain(asked.text);
  const fits = all.filter((one, place) => texts[place].includes(text) &&
    ["type", "field", "status"].every(name => !asked[name] || one.dataset[name] === asked[name]));
  const pages = Math.max(1, Math.ceil(fits.length / EACH));
  page = Math.min(Math.max(page, 0), pages - 1);
  const now = new Set(fits.slice(page * EACH, (page + 1) * EACH));
  for (const one of all) one.hidden = !now.has(one);
  at.textContent = `${fits.length} mục / items · trang / page ${page + 1}/${pages}`;
}
form.addEventListener("input", () => { page = 0; show(); });
form.addEventListener("submit", event => event.preventDefault());
pager.addEventListener("click", event => {
  const step = Number(event.target.dataset.step || 0);
  if (step) { page += step; show(); scrollTo(0, 0); }
});
pager.hidden = false; show();
</script>
</html>
"""
