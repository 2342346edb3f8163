"""Sheets of registers and of the audit trail: what is asked, how it is headed, and its rows a page at a time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from shared.answers.sheets import Heading, Rows
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass
from shared.domain.kernel.workflow import words
from shared.domain.reports import registers, trail_sheets
from shared.domain.trainings import training_files
from shared.queries.registers import Asked, register_page
from shared.queries.trail_pages import audit_trail_page, chosen
from shared.queries.training_file import training_file_page

if TYPE_CHECKING:
    from shared.answers.parts import Named
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

Page = tuple[list[Any], str | None]


@dataclass(frozen=True)
class Sheet:
    """A sheet that is asked for: its heading, its rows after a cursor, and how many one file and one answer hold."""

    heading: Heading
    page: Callable[[Transaction, Member, str | None], Page]
    most: int
    at_once: int

    def read(self, tx: Transaction, by: Member) -> Rows:
        """All its rows, for one answer; raises Conflict where there are too many."""
        rows: list[Any] = []
        for page in self.pages(tx, by):
            rows += page
            registers.refuse_too_many_rows(self.heading.form, len(rows), self.at_once, self.heading.title)
        return Rows(self.heading, rows)

    def pages(self, tx: Transaction, by: Member) -> Iterator[list[Any]]:
        """Its rows, page by page."""
        cursor: str | None = None
        for _ in itertools.count():
            rows, cursor = self.page(tx, by, cursor)
            yield rows
            if cursor is None:
                return


def register_sheet(asked: Asked, form: str, by: Named, organisation: str, at: datetime) -> Sheet:
    """A register as a sheet; raises Invalid for a form that it doesn't have, or a day that it can't be asked of."""
    register = registers.register_named(asked.name)
    if asked.on is not None and not register.dated:
        raise Invalid("on", Sentence("not_as_of_a_day", "{title}: this can't be asked as of a day.", title=Term(register.title)))
    told = [f"On {asked.on.isoformat()}"] if asked.on else []
    heading = Heading(
        form=form,
        media_type=registers.MEDIA_TYPES[form],
        name=asked.name,
        title=register.title,
        about=(*_about(organisation, by, at, asked.filters), *told),
        columns=[name for name, _ in register.columns],
        by=by,
        at=at,
    )
    return Sheet(
        heading,
        lambda tx, member, cursor: register_page(tx, member, asked, cursor),
        registers.MOST_ROWS[form],
        registers.MOST_AT_ONCE[form],
    )


def trail_sheet(filters: Mapping[str, Any], form: str, by: Named, organisation: str, at: datetime) -> Sheet:
    """The audit trail as a sheet, by the filters of list_audit_trail."""
    heading = Heading(
        form=form,
        media_type=trail_sheets.MEDIA_TYPES[form],
        name="audit-trail",
        title=trail_sheets.TITLE,
        about=_about(organisation, by, at, filters),
        columns=[trail_sheets.heading(name) for name in trail_sheets.columns(form)],
        by=by,
        at=at,
    )

    def page(tx: Transaction, member: Member, cursor: str | None) -> Page:
        narrowed = {name: value for name, value in filters.items() if name not in ("from", "to")}
        asked = chosen(tx.organisation, narrowed, filters.get("from"), filters.get("to"))
        found = audit_trail_page(tx, member, asked, PAGE, cursor)
        if form == "json":
            return [*found["items"]], found["next_cursor"]
        return [trail_sheets.row(one, found["names"], form) for one in found["items"]], found["next_cursor"]

    return Sheet(heading, page, trail_sheets.MOST_ENTRIES[form], trail_sheets.MOST_AT_ONCE[form])


def training_sheet(member: Member, name: str, form: str, by: Named, organisation: str, at: datetime) -> Sheet:
    """A person's training file as a sheet."""
    heading = Heading(
        form=form,
        media_type={**registers.MEDIA_TYPES, **trail_sheets.MEDIA_TYPES}[form],
        name="training-file",
        title=f"Training file of {name}",
        about=_about(organisation, by, at, {"person": f"{name} ({member.person_id})", "role": member.role, "status": member.status}),
        columns=training_files.COLUMNS,
        by=by,
        at=at,
    )

    def page(tx: Transaction, _by: Member, cursor: str | None) -> Page:
        found, following = training_file_page(tx, member.person_id, cursor)
        return [*found] if form == "json" else [training_files.row(one) for one in found], following

    return Sheet(heading, page, registers.MOST_ROWS["csv"], registers.MOST_AT_ONCE["pdf" if form == "pdf" else "csv"])


PAGE = 500  # entries read at once


def _about(organisation: str, by: Named, at: datetime, filters: Mapping[str, object]) -> tuple[str, ...]:
    given = [f"{words(name.removesuffix('_id'))}: {_said(value)}" for name, value in filters.items() if value not in (None, False)]
    asked = (f"Filters: {'; '.join(given)}",) if given else ()
    return (f"{organisation}, exported by {by['name']}, {at.isoformat(timespec='seconds')}", *asked)


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
