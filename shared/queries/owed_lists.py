"""The lists of what people owe: actions, and the extensions that they ask for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.answers import actions as answers
from shared.answers.pages import Page, page
from shared.db import words
from shared.db.rows import read
from shared.db.sql import sql
from shared.domain.capa.extensions import Asked, Due, Extension
from shared.domain.people.people import STAFF
from shared.queries import orders
from shared.queries.actions import ACTION, shown_action
from shared.queries.names import person
from shared.queries.shown_records import rows_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

ACTIONS = f"select x.id, {ACTION} as row from actions a cross join lateral (select a.id) x where true"
EXTENSIONS = sql("extension_list", extended=sql("extended"), requested_by=person("x.requested_by"), decided_by=person("x.decided_by"))
OF_ACTIONS = {
    "owner": "a.owner_id = :owner",
    "state": "a.status = :state",
    "late": f"(a.status = {words.OPEN_ACTION} and a.due_on < :today) = :late",
}
OF_EXTENSIONS = {"state": "x.status = :state", "asker": "x.requested_by = :asker"}


def actions_page(
    tx: Transaction, by: Member, filters: Mapping[str, object], limit: int, cursor: str | None, *, sort: str = "newest"
) -> Page[answers.Action]:
    """Actions, newest first; one is overdue while its owner hasn't done it after its due date."""
    where, given = _narrowed(OF_ACTIONS, filters)
    today = {"today": tx.today} if "late" in given else {}
    rows, following, total = rows_page(tx, f"{ACTIONS}{where}", limit, cursor, order=orders.ACTIONS[sort], **given, **today)
    return page([shown_action(row, by) for row in rows], following, total)


def extensions_page(
    tx: Transaction, by: Member, filters: Mapping[str, object], limit: int, cursor: str | None, *, sort: str = "newest"
) -> Page[answers.ListedExtension]:
    """Extensions with what each is about, newest first; who isn't staff sees their own."""
    own = {} if STAFF.admits(by) else {"asker": by.person_id}
    where, given = _narrowed(OF_EXTENSIONS, {**filters, **own})
    rows, following, total = rows_page(tx, f"{EXTENSIONS}{where}", limit, cursor, order=orders.EXTENSIONS[sort], **given)
    return page([_listed(row, by) for row in rows], following, total)


def _listed(row: Mapping[str, Any], by: Member) -> answers.ListedExtension:
    about, due_on = row["about"], row["due_on"] and date.fromisoformat(row["due_on"])
    due = Due(about["kind"], None, about["number"], UUID(row["owner_id"]), due_on, row["over"])
    return {**answers.extension(Asked(read(Extension, row["extension"]), due), row, by), "about": about}


def _narrowed(conditions: Mapping[str, str], filters: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    given = {name: value for name, value in filters.items() if value is not None}
    return "".join(f" and {conditions[name]}" for name in given), given
