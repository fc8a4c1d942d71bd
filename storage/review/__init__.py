"""The review desk's store: what people are to decide, what they decided, and what came of it."""

from pipeline.judging.review.asking import Draw, Kind
from pipeline.judging.review.outcome import Choice
from storage.review.deciding import After, Decided, Decision, NewDecision, NotYours
from storage.review.editing import Edit, Editing
from storage.review.items import ItemState, ReviewItem
from storage.review.queue import Filters, Person
from storage.review.releasing import Releasing
from storage.review.store import ReviewStore, ReviewTables
from storage.review.trail import TrailEntry, check_trail

__all__ = [
    "After",
    "Choice",
    "Decided",
    "Decision",
    "Draw",
    "Edit",
    "Editing",
    "Filters",
    "ItemState",
    "Kind",
    "NewDecision",
    "NotYours",
    "Person",
    "Releasing",
    "ReviewItem",
    "ReviewStore",
    "ReviewTables",
    "TrailEntry",
    "check_trail",
]
