"""Why a foreign file is refused."""

from __future__ import annotations


class Danger(Exception):  # noqa: N818 - it names what was found
    """One of `shared.domain.files.dangers.DANGERS`."""

    def __init__(self, name: str = "damaged") -> None:
        super().__init__(name)
        self.name = name


def demand(fact: object, name: str = "damaged") -> None:
    """Raise the danger unless it is so."""
    if not fact:
        raise Danger(name)
