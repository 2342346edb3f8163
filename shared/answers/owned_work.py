"""Answers about what a member would leave behind."""

from typing import Literal

from typing_extensions import TypedDict  # pydantic reads its own on Python 3.11


class OwnedWork(TypedDict):
    """A record, an action or a change that a member owns, or in which they are planned for something."""

    how: Literal["owns", "planned"]
    kind: str
    id: str
    number: str
    title: str
    status: str
