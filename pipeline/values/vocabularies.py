"""Closed lists of values: sexes, ethnic groups, countries, relationships, religions.

Ethnic groups and their codes: QĐ 121-TCTK/PPCĐ of 2 March 1979. Old spellings stay as written: they are
history, not errors.
"""

from __future__ import annotations

from functools import cache


def _items(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in text.split(","))


def _pair(item: str) -> tuple[str, str]:
    spelling, _, group = item.partition(" = ")
    return spelling, group


ETHNIC_GROUPS = _items(
    """
    Kinh, Tày, Thái, Hoa, Khơ-me, Mường, Nùng, Mông, Dao, Gia Rai, Ngái, Ê Đê, Ba Na, Xơ Đăng, Sán Chay,
    Cơ Ho, Chăm, Sán Dìu, Hrê, Mnông, Ra Glai, Xtiêng, Bru - Vân Kiều, Thổ, Giáy, Cơ Tu, Giẻ - Triêng, Mạ,
    Khơ Mú, Co, Tà Ôi, Chơ Ro, Kháng, Xinh Mun, Hà Nhì, Chu Ru, Lào, La Chí, La Ha, Phù Lá, La Hủ, Lự, Lô
    Lô, Chứt, Mảng, Pà Thẻn, Cơ Lao, Cống, Bố Y, Si La, Pu Péo, Brâu, Ơ Đu, Rơ Măm
    """
)
# Other spellings and older names, with the group they are read as. "Thổ" also meant Tày in the old North.
ETHNIC_SPELLINGS = dict(
    _pair(item)
    for item in _items(
        """
    Việt = Kinh, Kinh (Việt) = Kinh, Việt (Kinh) = Kinh, Hmông = Mông, H'Mông = Mông, Mèo = Mông, Mông
    (Mèo) = Mông, Khmer = Khơ-me, Khơ Me = Khơ-me, Khơme = Khơ-me, Miên = Khơ-me, Gia-rai = Gia Rai, Jrai
    = Gia Rai, Ê-đê = Ê Đê, Êđê = Ê Đê, Rhadé = Ê Đê, Ba-na = Ba Na, Bahnar = Ba Na, Xơ-đăng = Xơ Đăng, Sê
    Đăng = Xơ Đăng, Cao Lan = Sán Chay, Sán Chỉ = Sán Chay, Cao Lan - Sán Chỉ = Sán Chay, Cơ-ho = Cơ Ho,
    K'Ho = Cơ Ho, Chàm = Chăm, Sán Dìu (Trại) = Sán Dìu, Trại = Sán Dìu, Mán = Dao, Dao (Mán) = Dao,
    M'Nông = Mnông, Mơ-nông = Mnông, Ra-glai = Ra Glai, Xtiêng (Stiêng) = Xtiêng, Stiêng = Xtiêng, Bru-Vân
    Kiều = Bru - Vân Kiều, Vân Kiều = Bru - Vân Kiều, Bru = Bru - Vân Kiều, Nhắng = Giáy, Cơ-tu = Cơ Tu,
    Ca Tu = Cơ Tu, Giẻ-Triêng = Giẻ - Triêng, Gié Triêng = Giẻ - Triêng, Khơ-mú = Khơ Mú, Xá = Khơ Mú, Cor
    = Co, Tà-ôi = Tà Ôi, Pa Cô = Tà Ôi, Chơ-ro = Chơ Ro, Xinh-mun = Xinh Mun, Chu-ru = Chu Ru, Pà-thẻn =
    Pà Thẻn, Hán = Hoa
    """
    )
)
FOREIGN = "Người nước ngoài"

SEXES = {"Nam": "male", "Nữ": "female", "Trai": "male", "Gái": "female", "Male": "male", "Female": "female"}

COUNTRIES = _items(
    """
    Việt Nam, Trung Quốc, Đài Loan, Hàn Quốc, Nhật Bản, Lào, Campuchia, Thái Lan, Nga, Liên Xô, Pháp, Đức,
    Anh, Hoa Kỳ, Mỹ, Canada, Úc, Ba Lan, Séc, Hungary, Ucraina, Singapore, Malaysia, Ấn Độ, Không quốc
    tịch
    """
)

RELATIONSHIPS = _items(
    """
    Chủ hộ, Vợ, Chồng, Con, Con đẻ, Con nuôi, Con riêng, Con dâu, Con rể, Con trai, Con gái, Bố, Cha, Mẹ,
    Bố đẻ, Mẹ đẻ, Bố vợ, Mẹ vợ, Bố chồng, Mẹ chồng, Ông, Bà, Ông nội, Bà nội, Ông ngoại, Bà ngoại, Cháu,
    Cháu nội, Cháu ngoại, Cháu ruột, Chắt, Anh, Chị, Em, Anh ruột, Chị ruột, Em ruột, Anh rể, Chị dâu, Em
    dâu, Em rể, Cô, Chú, Bác, Cậu, Dì, Thím, Mợ, Ở nhờ, Người giúp việc, Ở thuê, Cùng ở, Khác, Người giám
    hộ, Người thân thích
    """
)

RELIGIONS = _items(
    """
    Không, Phật giáo, Công giáo, Thiên chúa giáo, Thiên chúa, Đạo Phật, Đạo Thiên chúa, Tin lành, Cao Đài,
    Hòa Hảo, Phật giáo Hòa Hảo, Hồi giáo, Bà La Môn, Lương, Phật, Giáo
    """
)

# First syllables of usual trades, schools and causes that mean nothing alone: "Kỹ" of "Kỹ sư".
BEGINNINGS = frozenset(
    _items(
        """
    bác, bán, bảo, bộ, bốc, buôn, cán, chăn, chạy, chế, chuyên, cơ, công, cứu, dịch, diễn, doanh, dược, đánh, đạo, điện,
    điều, giám, giáo, giảng, hải, học, họa, hưu, kế, kiểm, kiến, kinh, kỹ, lái, làm, lao, lập, luật, nghiên, nghề, nghỉ,
    nhà, nhạc, nhân, nhiếp, nông, nội, phi, phóng, quản, quân, sinh, sửa, tài, thẩm, thợ, thông, thư, thủ, thương, thủy,
    tiểu, tiếp, trồng, trung, trưởng, tự, văn, vận, xã
    """
    )
)


@cache
def ethnic_codes() -> dict[str, str]:
    """Two-digit code of every accepted spelling; foreigners are 55."""
    codes = {name: f"{number:02d}" for number, name in enumerate(ETHNIC_GROUPS, start=1)}
    codes |= {spelling: codes[group] for spelling, group in ETHNIC_SPELLINGS.items()}
    return codes | {FOREIGN: "55"}


def ethnic_code(value: str) -> str | None:
    """The code of a normal form, None when it is not listed."""
    return ethnic_codes().get(value)
