"""What people ask of the office about their own papers, and until when they are to be answered."""

from storage.requests.requests import PersonRequest, PersonRequests, RequestKind

__all__ = ["PersonRequest", "PersonRequests", "RequestKind"]
