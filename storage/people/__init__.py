"""Programs of offices, and the people who work there: who may do what."""

from storage.people.clients import Client, Clients, Scope
from storage.people.users import Role, User, Users

__all__ = [
    "Client",
    "Clients",
    "Role",
    "Scope",
    "User",
    "Users",
]
