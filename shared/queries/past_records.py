"""A record as it was: an earlier version of it, or the version that was in force on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers import records
from shared.answers.rows import written
from shared.db.rows import read
from shared.domain.kernel.errors import Invalid, NotFound
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import replace
from shared.domain.people.people import STAFF
from shared.domain.records.records import Version
from shared.queries.dossiers import assemble
from shared.queries.lists import AS_OF, moment_of
from shared.queries.shown_records import AT_VERSION, shown_details

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

VERSION = "select to_jsonb(v) as version, v.status from versions v where v.record_id = :id and v.version = :version"
IN_FORCE_THEN = (
    f"select to_jsonb(v) as version, x.status from {AS_OF} x"
    " join versions v on v.organisation_id = x.organisation_id and v.record_id = x.id and v.version = x.version where x.id = :id"
)


def show_past_record(tx: Transaction, record_id: UUID, by: Member, kind: str, *, version: int | None, on: date | None) -> records.Record:
    """A version of a record with its files and signatures, and no open steps; raises NotFound, also where none was in force that day."""
    if not STAFF.admits(by):
        raise STAFF.role_refusal(STAFF.needed_for("Seeing a version of before"))
    if on is not None and version is not None:
        raise Invalid("on", Sentence("version_or_day", "Give the version or the day, not both."))
    if on is not None:
        kept = tx.row(IN_FORCE_THEN, id=record_id, moment=moment_of(tx, on, by))
    else:
        kept = tx.row(VERSION, id=record_id, version=version)
    if kept is None:
        thing = Term(kind)
        raise NotFound(
            Sentence("not_in_force_that_day", "No such {thing} was in force on that day.", thing=thing)
            if on
            else Sentence("no_such_version_of_thing", "There is no such {thing}, or it has no such version.", thing=thing)
        )
    then = read(Version, kept.version)
    row = tx.row(AT_VERSION, id=record_id, reader=by.person_id, version=then.version, zone=tx.organisation.time_zone)
    found = assemble(row.dossier)
    if found.record.kind != kind:
        raise NotFound(Sentence("no_such_thing", "There is no such {thing}.", thing=Term(kind)))
    past = replace(
        found.record, status=kept.status, version=then.version, title=then.title, content=then.content, due_on=then.next_review_on
    )
    details = {**shown_details(row), **({} if then.ended_at is None else {"suspended_on": None})}
    shown = records.record(replace(found, record=past, current=then, waiting=None), details, [], {}, by)
    return {**shown, "open_steps": [], "effective_on": written(then.effective_on)}
