"""All syllables Vietnamese spelling can form, by rule.

Onset, rime and tone, with the rules that tie them: k, gh, ngh before e, ê, i (and k before y); qu with its
own rimes; the i of gi shared with a rime in i; only sắc and nặng before c, ch, p, t. Both habits of placing
the tone (hoà, hòa) are in. A name may still hold a syllable that is not: names of ethnic groups do.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from pipeline.values.keys import canonical_tones, tone_index


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONSETS = _words(
    """
    b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x
    """
)
_RIMES = _words(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo
    ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on
    ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt oa oac oach oai oam oan oang oanh oao oap oat oay
    oăc oăm oăn oăng oăt oe oen oeo oet oong ooc u ua uc ui um un ung up ut uôc uôi uôm uôn uông uôt uơ
    uân uâng uât uây uê uêch uênh uy uya uych uyên uyêt uyn uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc
    ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu ych yt ynh
    """
)
_QU_RIMES = _words(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt ân âng ât âu ây e en eng eo et ê ên ênh êt
    êch i it ich y yên yêt ynh yt ych yu yp ơ ơi ơn ôc ôt
    """
)
_STOPS = ("c", "ch", "p", "t")
_ALL_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_STOP_TONES = ("\u0301", "\u0323")
# y for i after these onsets is an accepted spelling (kỷ, lý, mỹ, sỹ, tỷ, hy, vỹ).
_Y_ONSETS = frozenset(("h", "k", "l", "m", "s", "t", "v", "qu", "", "r", "b", "d", "n", "th"))


def _fits(onset: str, rime: str) -> bool:
    front = rime[0] in "eêi"
    if onset in ("k", "gh", "ngh"):
        return front or (onset == "k" and rime[0] == "y")
    if onset in ("c", "g", "ng"):
        # "g" + i... is written gi, which is an onset of its own.
        return not front and rime[0] != "y"
    if rime[0] == "y":
        return onset in _Y_ONSETS and (rime == "y" or onset in ("", "h", "qu", "k", "t", "l", "m", "s"))
    return not (onset == "" and rime.startswith("iê"))


def _bases() -> set[str]:
    bases = {rime for rime in _RIMES if _fits("", rime)}
    for onset in _ONSETS:
        if onset == "qu":
            bases |= {onset + rime for rime in _QU_RIMES}
        elif onset == "gi":
            bases |= {("g" if rime[0] == "i" else "gi") + rime for rime in _RIMES if rime[0] != "y"}
        else:
            bases |= {onset + rime for rime in _RIMES if _fits(onset, rime)}
    return bases


def _places(base: str) -> tuple[int, ...]:
    place = tone_index(base)
    if place is None:
        return ()
    # The other habit marks the second vowel of open oa, oe, uy.
    open_glide = base[place : place + 2] in ("oa", "oe", "uy") and place + 2 == len(base)
    return (place, place + 1) if open_glide else (place,)


@cache
def legal_syllables() -> frozenset[str]:
    """Every syllable, in lower case and NFC; about 19,000."""
    syllables: set[str] = set()
    for base in _bases():
        tones = _STOP_TONES if base.endswith(_STOPS) else _ALL_TONES
        for place in _places(base):
            for tone in tones:
                syllables.add(unicodedata.normalize("NFC", base[: place + 1] + tone + base[place + 1 :]))
    return frozenset(syllables)


def join_broken(text: str, *, capitals: bool = False) -> str:
    """The text with syllables whole that a reader broke: a piece without a vowel and the small letters behind it.

    With `capitals` every word begins with one, as in names: then small letters alone go on with what stands before
    them ("Hoà i"). Pieces are joined only where they are a legal syllable together.
    """

    words: list[str] = []
    for word in text.split(" "):
        before = words[-1] if words else ""
        begins = capitals and before[:1].isupper() and not before[1:].isupper()
        joins = before.isalpha() and word.isalpha() and word.islower() and (begins or not _has_vowel(before))
        if joins and canonical_tones(before + word).lower() in legal_syllables():
            words[-1] += word
        else:
            words.append(word)
    return " ".join(words)


def _has_vowel(word: str) -> bool:
    return any(c in "aeiouy" for c in unicodedata.normalize("NFD", word.lower()))
