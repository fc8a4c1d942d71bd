"""Notices of answers: signed webhooks, e-mail, text messages."""

from service.notices.channels import Channel, Notice, NoticeFailed
from service.notices.dispatcher import Dispatcher

__all__ = ["Channel", "Dispatcher", "Notice", "NoticeFailed"]
