"""The citizens' pages: their questions, the checks of answers, their texts. Vietnamese first."""

from service.pages.render import error_page, page, wants_page

__all__ = ["error_page", "page", "wants_page"]
