"""Searching by words, the beginning of a number, state and owner: best first and then newest first, by key and never by offset.

What is called so comes first, then what says so in its text, then records in whose files, notes or actions it stands, then what is linked
to any of these. What is asked for is found once, where it is best.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from shared.answers.pages import Page, cut, from_cursor, page
from shared.answers.search import Hit
from shared.domain.changes import changes
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.people.people import STAFF
from shared.domain.records.kinds import KINDS
from shared.queries.asked import PERSON, Found, Place, Search
from shared.queries.hits import show_hits
from shared.queries.hits_by_link import BENEATH, linked
from shared.queries.names import FOLDED, NAME

if TYPE_CHECKING:
    from shared.db.transaction import Transaction
    from shared.domain.people.people import Member

# How many of the newest records are looked through before the index of words is asked. Frequent words are found among them; where a page
# of them can be expected among the newest MORE, those are looked through before the index gathers all there are.
NEWEST, MORE = 200, 3000
# How many of all that the index of words finds are taken, and among how many of the newest keys it is asked next; then eight times as many.
# Where a page can be expected among those keys, they are asked at once.
FEW, KEYS = 250, 6000
SEEDS = 100  # what is found in itself leads to what is linked to it where there are at most so many
ORGANISATION = "cast(current_setting('app.organisation_id') as uuid)"
# What was typed as a query, by where its words stand.
TITLED, SAID, IN_PARTS = (f"word_query({ORGANISATION}, :q, '{mark}')" for mark in ("^", "", "+"))
WORDS = {Place.TITLE: TITLED, Place.TEXT: f"({SAID} && !!{TITLED})"}


# What narrows a search, under row-level security or beneath it.
NARROWED = {
    "kind": "r.kind = :kind",
    "owner": "r.owner_id = :owner",
    "late_on": "r.closed_at is null and r.due_on < :late_on",
    "timely_on": "(r.closed_at is not null or r.due_on is null or r.due_on >= :timely_on)",
}
# A person is named so where each word that was typed begins a word of their name, with or without accents; a number names nobody.
PEOPLE = (
    "select y.id from (select p.id, ' ' || regexp_replace({named}, '[^[:alnum:]]+', ' ', 'g') as name from members m"
    " join people p on p.id = m.person_id) y where :q ~ '[[:alpha:]]' and (cast(:before as uuid) is null or y.id < cast(:before as uuid))"
    " and not exists (select from regexp_split_to_table(btrim(regexp_replace({asked}, '[^[:alnum:]]+', ' ', 'g')), ' ') w (word)"
    " where position(' ' || w.word in y.name) = 0) order by y.id desc limit :most"
).format(named=FOLDED.format(NAME), asked=FOLDED.format("cast(:q as text)"))


def search_page(
    tx: Transaction,
    by: Member,
    limit: int,
    cursor: str | None,
    *,
    q: str | None = None,
    kind: str | None = None,
    status: str | None = None,
    owner: UUID | None = None,
    overdue: bool | None = None,
) -> Page[Hit]:
    """What `by` may see of what is asked for: a reader what is in force, and people."""
    late_on, timely_on = tx.today if overdue else None, tx.today if overdue is False else None
    shown = _shown(by, kind, status)
    filters = {"kind": kind if shown is None else None, "owner": owner, "late_on": late_on, "timely_on": timely_on}
    asked = Search(by, q, filters, shown, kind, status)
    place, before = from_cursor(cursor, int, UUID) if cursor else (Place.TITLE, None)
    if place not in tuple(Place):
        raise Invalid("cursor", Sentence("unknown_cursor", "This cursor isn't one of ours; start from the first page."))
    found = hits_found(tx, asked, Place(place), before, limit + 1)
    hits, following = cut(found, limit, lambda one: [int(one.place), one.id])
    return page(show_hits(tx, hits, q), following)


def hits_found(tx: Transaction, asked: Search, place: Place, before: UUID | None, most: int, last: Place = Place.LINK) -> list[Found]:
    """The first `most` hits after a place and a key."""
    found: list[Found] = []
    for one in Place:
        if place <= one <= last and len(found) < most:
            found += _at(tx, asked, one, before if one == place else None, most - len(found))
    return found


def _shown(by: Member, kind: str | None, status: str | None) -> list[tuple[str, str]] | None:
    if status is None and STAFF.admits(by):
        return None
    return [
        (one.name, str(of))
        for one in KINDS.values()
        for of in one.workflow.statuses
        if kind in (None, one.name) and status in (None, of) and (STAFF.admits(by) or one.is_read_by_all(of))
    ]


def _at(tx: Transaction, asked: Search, place: Place, before: UUID | None, most: int) -> list[Found]:
    """Hits of one place before a key, newest first."""
    if asked.q is None and place != Place.TITLE:
        return []
    if place == Place.LINK:
        return linked(tx, asked, _seeds(tx, asked), before, most)
    if place == Place.PART:
        return _by_part(tx, asked, before, most) if asked.finds_records else []
    found = [Found(place, "record", one) for one in records_found(tx, asked, place, most, before)] if asked.finds_records else []
    if asked.finds_changes:
        found += [Found(place, changes.WORKFLOW.kind, one) for one in _changes_found(tx, asked, place, most, before)]
    if asked.finds_people and place == Place.TITLE:
        found += [Found(place, PERSON, row.id) for row in tx.rows(PEOPLE, q=asked.q, before=before, most=most)]
    return sorted(found, key=lambda one: one.id, reverse=True)[:most]


def _by_part(tx: Transaction, asked: Search, before: UUID | None, most: int) -> list[Found]:
    """Records in whose files, notes or actions the words stand, and not in themselves."""
    rows = tx.rows(
        f"select f.record_id, f.part_id from found_parts({IN_PARTS}, {SAID}, :kind, :states, :owner, :late_on, :timely_on, :reader,"
        " :before, :most, :few, :keys) f",
        **BENEATH | asked.given,
        q=asked.q,
        states=asked.states,
        reader=not STAFF.admits(asked.by),
        before=before,
        most=most,
        few=FEW,
        keys=KEYS,
    )
    return [Found(Place.PART, "record", row.record_id, row.part_id) for row in rows]


def _changes_found(tx: Transaction, asked: Search, place: Place, most: int, before: UUID | None) -> list[UUID]:
    given = {"before": before, "most": most, "owner": asked.filters["owner"], "states": None if asked.status is None else [asked.status]}
    if asked.q is None:
        rows = tx.rows(
            "select c.id from changes c where (cast(:before as uuid) is null or c.id < cast(:before as uuid))"
            " and (cast(:owner as uuid) is null or c.owner_id = cast(:owner as uuid))"
            " and (cast(:states as text[]) is null or c.status = any(cast(:states as text[]))) order by c.id desc limit :most",
            **given,
        )
    else:
        rows = tx.rows(
            f"select f.id from found_changes({WORDS[place]}, :states, :owner, :before, :most, :few, :keys) f (id)",
            **given,
            q=asked.q,
            few=FEW,
            keys=KEYS,
        )
    return [row.id for row in rows]


def records_found(tx: Transaction, asked: Search, place: Place, most: int, before: UUID | None) -> list[UUID]:
    """Records whose title, or else whose text, holds the words, before a key, newest first."""
    given, shown = asked.given, asked.shown
    newest = _newest(given, shown, ":most" if asked.q is None else str(NEWEST))
    given |= {"before": before, "most": most}
    states = {} if shown is None else {"kinds": [kind for kind, _ in shown], "states": [of for _, of in shown]}
    if asked.q is None:
        return [row.id for row in tx.rows(f"select x.id from ({newest}) x order by x.id desc", **given, **states)]
    looked = tx.rows(
        f"with x as materialized ({newest}), asked as materialized (select {WORDS[place]} as words)"
        " select cast(asked.words as text) as words, (select count(*) from x) as seen, found.* from asked left join lateral"
        " (select x.id from x where x.search @@ asked.words order by x.id desc limit :most) found on true"
        " order by found.id desc",
        **given,
        **states,
        q=asked.q,
    )
    found, words = [row.id for row in looked if row.id is not None], looked[0].words
    if len(found) == most or looked[0].seen < NEWEST or words is None:
        return found
    few = 0 if len(found) * KEYS > most * NEWEST else FEW
    if len(found) * MORE > most * NEWEST:
        rows = tx.rows(
            f"select x.id from ({_newest(given, shown, str(MORE))}) x where x.search @@ cast(:words as tsquery) order by x.id desc"
            " limit :most",
            **given,
            **states,
            words=words,
        )
        if len(rows) == most:
            return [row.id for row in rows]
    rows = tx.rows(
        "select f.id from found_records(cast(:words as tsquery), :kind, :states, :owner, :late_on, :timely_on, :before, :most, :few, :keys)"
        " f (id) order by f.id desc",
        **BENEATH | given,
        words=words,
        few=few,
        keys=KEYS,
        states=asked.states,
    )
    return [row.id for row in rows]


def _seeds(tx: Transaction, asked: Search) -> list[UUID]:
    """What leads to what is linked to it: at most SEEDS things that hold the words themselves, whatever narrows the search; or nothing."""
    if not STAFF.admits(asked.by) or not (asked.finds_records or asked.finds_changes):
        return []
    everything = replace(asked, filters=dict.fromkeys(asked.filters), shown=None, kind=None, status=None)
    seeds = [one.id for one in hits_found(tx, everything, Place.TITLE, None, SEEDS + 1, Place.PART)]
    return seeds if len(seeds) <= SEEDS else []


def _newest(given: Mapping[str, object], shown: Sequence[tuple[str, str]] | None, limit: str) -> str:
    """SQL for the first `limit` records in the order of an index that the filters have: with states, the newest of each state."""
    where = "".join(f" and {condition}" for name, condition in NARROWED.items() if name in given)
    before = "(cast(:before as uuid) is null or r.id < cast(:before as uuid))"
    if shown is None:
        return f"select r.* from records r where {before}{where} order by r.id desc limit {limit}"
    return (
        "select s.* from unnest(cast(:kinds as text[]), cast(:states as text[])) p (kind, state) cross join lateral"
        f" (select r.* from records r where r.kind = p.kind and r.status = p.state and {before}{where} order by r.id desc"
        f" limit {limit}) s order by s.id desc limit {limit}"
    )
