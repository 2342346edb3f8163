"""Answers about mail on a sign-in itself."""

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11


class MailOnItsWay(TypedDict):
    """A mail is on its way, if there is somebody to get it."""

    queued: bool
