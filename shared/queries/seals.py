"""Where the chains stand, and what the database remembers of the last seal: a hint that saves work, and nothing that is believed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from shared.domain.kernel.values import dataclass
from shared.domain.signing.seals import Checkpoint, Head, Seal, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.db.transaction import Transaction

TAKE: Final = "select pg_try_advisory_xact_lock(hashtextextended('seals ' || current_setting('app.organisation_id'), 0)) as taken"
WAIT: Final = "select pg_advisory_xact_lock(hashtextextended('seals ' || current_setting('app.organisation_id'), 0))"

# Sixteen reads of one row and one for each member; nothing that grows with the trail.
STATE: Final = """
select s.number, s.heads as sealed, s.people_sha256 as sealed_people,
    (select jsonb_agg(jsonb_build_object('lane', l.lane, 'sequence', l.sequence, 'digest', encode(l.digest, 'hex')) order by l.lane)
        from generate_series(0, 15) g(lane) cross join lateral (
            select k.lane, k.sequence, k.digest from audit_links k where k.chain = o.id and k.lane = g.lane order by k.sequence desc limit 1
        ) l) as heads,
    (select encode(sha256(convert_to(coalesce(string_agg(m.person_id || ':' || l.sequence || ':' || encode(l.digest, 'hex'), ','
            order by m.person_id::text collate "C"), ''), 'UTF8')), 'hex')
        from members m cross join lateral (
            select k.sequence, k.digest from audit_links k where k.chain = m.person_id and k.lane = 0 order by k.sequence desc limit 1
        ) l where m.organisation_id = o.id) as people_sha256
from (select current_setting('app.organisation_id')::uuid as id) o left join seals s on s.organisation_id = o.id
"""
PEOPLE: Final = """
select m.person_id, l.sequence, encode(l.digest, 'hex') as digest
from members m cross join lateral (
    select k.sequence, k.digest from audit_links k where k.chain = m.person_id and k.lane = 0 order by k.sequence desc limit 1
) l where m.organisation_id = current_setting('app.organisation_id')::uuid order by m.person_id::text collate "C"
"""
# How many entries joined the organisation's chains between two standings.
ENTRIES: Final = """
select coalesce(sum(l.entries), 0)::bigint as entries
from jsonb_to_recordset(:upto::jsonb) u(lane integer, sequence bigint)
left join jsonb_to_recordset(:after::jsonb) a(lane integer, sequence bigint) using (lane)
join audit_links l on l.chain = current_setting('app.organisation_id')::uuid and l.lane = u.lane
    and l.sequence > coalesce(a.sequence, 0) and l.sequence <= u.sequence
"""
# The first sealed head that isn't where it was, as it was.
BROKEN: Final = """
select h.seal, h.chain, h.lane, h.sequence, case when l.digest is null then 'cut off' else 'rewritten' end as cause,
    (select min(e.id) from audit_entries e where e.chain = l.chain and e.xid = l.xid and e.at = l.at) as entry
from jsonb_to_recordset(:heads::jsonb) h(seal integer, chain uuid, lane integer, sequence bigint, digest text)
left join audit_links l on l.chain = h.chain and l.lane = h.lane and l.sequence = h.sequence
where l.digest is null or l.digest <> decode(h.digest, 'hex')
order by h.seal, h.lane, h.sequence limit 1
"""
REMEMBER: Final = """
insert into seals (organisation_id, number, at, heads, people_sha256, sha256, signature)
values (:organisation, :number, :at, :heads::jsonb, :people, :sha256, :signature)
on conflict (organisation_id) do update set number = excluded.number, at = excluded.at, heads = excluded.heads,
    people_sha256 = excluded.people_sha256, sha256 = excluded.sha256, signature = excluded.signature
"""


@dataclass(frozen=True)
class State:
    """What the database says: the number of the last seal it remembers (0 for none), whether anything moved since, and the heads."""

    number: int
    moved: bool
    heads: tuple[Head, ...]


def take(tx: Transaction) -> bool:
    """Whether nobody else is sealing the organisation at this moment; until this transaction ends, nobody will."""
    return bool(tx.row(TAKE).taken)


def wait(tx: Transaction) -> None:
    """Wait until nobody else is sealing the organisation; raises Contention where that takes too long."""
    tx.rows(WAIT)


def state(tx: Transaction) -> State:
    """Where the organisation's chains stand, in one statement."""
    row = tx.row(STATE)
    heads = row.heads or []
    moved = (heads, row.people_sha256) != (row.sealed, row.sealed_people) if row.number else bool(heads)
    return State(row.number or 0, moved, tuple(Head(each["lane"], each["sequence"], each["digest"]) for each in heads))


def standing(tx: Transaction) -> Standing:
    """The same with every member's own chain."""
    people = tuple(Head(0, row.sequence, row.digest, row.person_id) for row in tx.rows(PEOPLE))
    return Standing(state(tx).heads, people)


def entries_between(tx: Transaction, before: Checkpoint | None, now: Standing) -> int:
    """How many entries the organisation's chains gained."""
    after = before.heads if before else ()
    return int(tx.row(ENTRIES, upto=_text(now.heads), after=_text(after)).entries)


def first_broken(tx: Transaction, organisation_id: UUID, sealed: Iterable[tuple[int, Head]]) -> dict[str, Any] | None:
    """The first of these heads (each with its seal's number) that isn't where it was sealed, as it was."""
    heads = [
        {
            "seal": number,
            "chain": str(head.person_id or organisation_id),
            "lane": head.lane,
            "sequence": head.sequence,
            "digest": head.digest,
        }
        for number, head in sealed
    ]
    found = tx.row(BROKEN, heads=json.dumps(heads)) if heads else None
    return None if found is None else {name: str(value) if isinstance(value, UUID) else value for name, value in found._asdict().items()}


def remember(tx: Transaction, seal: Seal) -> None:
    """The last seal, for the next minute's question whether anything moved."""
    one = seal.checkpoint
    tx.rows(
        REMEMBER, organisation=one.organisation_id, number=one.number, at=one.at, heads=_text(one.heads), people=one.people_sha256,
        sha256=one.sha256, signature=seal.signature,
    )  # fmt: skip


def _text(heads: Iterable[Head]) -> str:
    return json.dumps([{"lane": head.lane, "sequence": head.sequence, "digest": head.digest} for head in heads])
