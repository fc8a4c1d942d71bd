"""What can be wrong with ink packs.

InputError
+-- NotAPack         ink.not_a_pack: no zip of the format, or its parts do not fit it
+-- AlteredPack      ink.altered: not what its office signed
+-- UnknownOffice    ink.unknown_office: signed with a key that is not listed
+-- TooFewPieces     ink.too_few: so few pieces of ink that they do not hide each other
ResourceError
+-- NoConsent        ink.no_consent: the office's policy does not let lines leave
"""

from __future__ import annotations

from pipeline.domain.errors import InputError, ResourceError


class NotAPack(InputError):
    code = "ink.not_a_pack"


class AlteredPack(InputError):
    code = "ink.altered"


class UnknownOffice(InputError):
    code = "ink.unknown_office"


class TooFewPieces(InputError):
    code = "ink.too_few"


class NoConsent(ResourceError):
    code = "ink.no_consent"
