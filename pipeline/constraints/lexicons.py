"""Which words a field of each grammar can contain, and how usual they are: lexical readers weigh them against the ink.

A name is made of legal syllables, surnames where it begins; a place of the syllables of administrative units and of
the words addresses are made of; a date in words of number words only. Rare words cost more; they are never forbidden
where they are legal, and the unconstrained reading is always kept too.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from pipeline.constraints.names import LEAST, Names
from pipeline.domain.recognition import Lexicon
from pipeline.gazetteer import given_names, legal_syllables, middle_names, surnames, units
from pipeline.values.vocabularies import COUNTRIES, ETHNIC_GROUPS, RELATIONSHIPS, RELIGIONS

_DATE_WORDS = (
    "ngày tháng năm mồng mùng không một mốt hai ba bốn tư năm lăm nhăm sáu bảy bẩy tám chín mười mươi chục "
    "trăm nghìn ngàn linh lẻ giêng chạp"
)
_DATE_PROMPTS = "ngày tháng năm sinh ngay thang nam i ii iii iv v vi vii viii ix x xi xii"
_ADDRESS = (
    "số nhà ngõ ngách hẻm phố đường thôn xóm tổ ấp khu cụm đội làng bản khối tiểu dân tập thể chung cư tòa căn hộ phòng"
    " xã phường thị trấn quận huyện thành tỉnh tp p q h x t tx tt kp tdp ubnd ubhc ủy ban nhân hành chính bệnh viện"
    " sinh trạm y tế đa khoa phụ sản trung ương cục công an"
)
# What people did, where, how a child is, of what one dies, why one leaves a household, which papers one has.
_OFTEN = (
    "Việt Nam", "Kinh", "làm ruộng", "công nhân", "cán bộ", "giáo viên", "nội trợ", "bộ đội", "học sinh", "sinh viên",
    "kế toán", "lái xe", "buôn bán", "hưu trí", "thợ", "tự do", "công chức", "viên chức", "bác sĩ", "xã viên", "CMND",
    "CCCD", "số", "cấp ngày", "công an", "cục cảnh sát", "giấy chứng sinh", "chủ tịch", "phó chủ tịch", "hộ tịch",
    "thợ điện", "thợ mộc", "thợ xây", "thợ may", "thợ hàn", "thợ nề", "thợ máy", "thợ tiện", "thợ rèn", "thợ dệt",
    "điều dưỡng", "y tá", "y sĩ", "y sỹ", "bác sỹ", "dược sĩ", "hộ lý", "nữ hộ sinh", "kỹ sư", "kỹ thuật viên",
    "nhân viên", "bưu điện", "văn phòng", "bảo vệ", "lao động", "nông dân", "nông nghiệp", "trồng trọt", "chăn nuôi",
    "ngư dân", "tiểu thương", "kinh doanh", "dịch vụ", "quân nhân", "sĩ quan", "giảng viên", "nhà báo", "luật sư",
    "mất sức", "già yếu", "còn nhỏ", "ở nhà", "nhà máy", "xí nghiệp", "hợp tác xã", "cửa hàng", "công ty", "xây dựng",
    "cơ khí", "cao su", "thuốc lá", "xà phòng", "bánh kẹo", "bia", "dệt", "may", "gạch", "in", "nông trường",
    "lâm trường", "đường sắt", "vận tải", "thương nghiệp", "mậu dịch viên", "thủ kho", "thủ quỹ", "đánh máy",
    "phục vụ", "nấu ăn", "diễn viên", "họa sĩ", "khỏe mạnh", "khoẻ mạnh", "bình thường", "ổn định", "sống", "sinh non",
    "đủ tháng", "nhẹ cân", "bệnh già", "tuổi già", "già yếu", "ốm", "tai nạn", "giao thông", "ung thư", "tai biến",
    "mạch máu não", "nhồi máu cơ tim", "suy tim", "suy thận", "lao phổi", "xơ gan", "sốt rét", "chết đuối",
    "chuyển đến", "chuyển đi", "lấy chồng", "lấy vợ", "kết hôn", "nhập ngũ", "đi học", "đã chết", "tách hộ", "xóa tên",
    "mới sinh", "chứng minh nhân dân", "căn cước công dân", "thẻ căn cước", "hộ chiếu", "CSQLHC", "TTXH", "về",
    "nốt ruồi", "sẹo chấm", "sẹo dọc", "trước", "sau", "trên", "dưới", "bình tai", "cánh mũi", "mép", "đuôi mắt",
    "đầu mày", "giữa trán", "cách", "trái", "phải", "cm",
)  # fmt: skip
_UNKNOWN = -16.0
_LEGAL = -11.0
_WITHOUT = 0.05  # of names come without their surname: it stands in a cell or on a line of its own


@cache
def lexicon(grammar: str) -> Lexicon | None:
    """The lexicon of a grammar, or None for grammars whose values are not made of words."""
    if grammar in ("address", "place"):
        return _of_places()
    if grammar == "date_words":
        return Lexicon.of(dict.fromkeys(_DATE_WORDS.split(), -3.5), unknown=-40.0)
    if grammar in ("date", "year", "personal_id", "old_national_id", "age", "count", "time"):
        return Lexicon.of(dict.fromkeys(_DATE_PROMPTS.split(), -6.0), unknown=-40.0)
    if grammar in ("text", "ethnicity", "nationality", "relationship", "religion", "sex"):
        return _of_text()
    return None


@cache
def names() -> Names:
    """What a person's name can be: a surname where it begins, or what is left of a name that lost it."""
    given = [(table(sex), 0.5) for table in (middle_names, given_names) for sex in ("male", "female")]
    first = _with_legal(_syllables((surnames(), 1.0), *((table, _WITHOUT * share) for table, share in given)))
    listed = {word: max(LEAST, weight) for word, weight in first.words.items() if word in _syllables((surnames(), 1.0))}
    later = _with_legal(_syllables(*given, (surnames(), 0.1)))
    return Names(Lexicon.of({**first.words, **listed}, unknown=_UNKNOWN), later)


def _syllables(*tables: tuple[Mapping[str, float], float]) -> dict[str, float]:
    """Weights of the syllables of tables of names, each table's together its share."""
    weights: dict[str, float] = defaultdict(float)
    for table, share in tables:
        whole = sum(table.values()) or 1.0
        for name, weight in table.items():
            for syllable in name.lower().split():
                weights[syllable] += share * weight / whole
    return weights


def _of_places() -> Lexicon:
    weights: dict[str, float] = defaultdict(float)
    for unit in units().values():
        for syllable in unit.name.lower().split():
            weights["".join(c for c in syllable if c.isalpha())] += 1.0
    usual = sum(weights.values()) / 40
    for word in _ADDRESS.split():
        weights[word] += usual / 4
    for word in ("hà", "nội"):
        weights[word] += usual
    return _with_legal(weights)


def _of_text() -> Lexicon:
    listed = (*ETHNIC_GROUPS, *COUNTRIES, *RELATIONSHIPS, *RELIGIONS, *_OFTEN)
    return _with_legal(Counter(word for text in listed for word in text.lower().split()))


def _with_legal(weights: Mapping[str, float]) -> Lexicon:
    """Relative weights as log-probabilities; legal syllables that have none are rare, not impossible."""
    whole = sum(weights.values()) or 1.0
    words = dict.fromkeys(legal_syllables(), _LEGAL)
    words.update(_frequent(weights.items(), whole))
    return Lexicon.of(words, unknown=_UNKNOWN)


def _frequent(weights: Iterable[tuple[str, float]], whole: float) -> dict[str, float]:
    return {word: max(_LEGAL + 1.0, math.log(weight / whole)) for word, weight in weights if word and weight > 0}
