"""The switch of the pages' language."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from service.pages.language import COOKIE, Language
from service.people.access import TheContext

router = APIRouter(include_in_schema=False)

_OURS: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")  # a path of this site, and none that leads out
_YEAR_S: Final = 365 * 86_400


@router.get("/ngon-ngu")
def choose(context: TheContext, chon: Language, toi: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """Notes the language in a cookie of this browser and leads back."""
    answer = RedirectResponse(toi if _OURS.fullmatch(toi) else "/", status_code=303)
    answer.set_cookie(
        COOKIE, chon.value, max_age=_YEAR_S, path="/", secure=context.secure, httponly=True, samesite="lax"
    )
    return answer
