"""The pages for citizens: what they ask, how they check it, how they show an answer. Vietnamese first."""

from service.pages.render import error_page, page, wants_page

__all__ = ["error_page", "page", "wants_page"]
