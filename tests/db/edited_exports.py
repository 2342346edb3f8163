"""Tamperings with the lines of an exported trail."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Any

import pytest

from infra import trail_digests
from shared.db.database import Database
from shared.domain.kernel.errors import Refusal
from shared.domain.kernel.sentences import Sentence
from tests.app.sealed import Sealed, verified
from tests.database import APPLICATION, Server, acting, copy_of

if TYPE_CHECKING:
    from tests.storage import Storage


RECORDS = 24


class Undone(Refusal):
    """Rolls back."""


class Trail:
    """A sealed trail, and what a superuser does to it."""

    def __init__(self, office: Sealed, owner: Database) -> None:
        self.office, self.owner = office, owner
        self.links = self.ask(
            "select chain, lane, sequence, xid, at from audit_links where chain = :c order by lane, sequence", c=office.id
        )
        self.entries = self.ask(
            "select id, chain, xid, at, ordinal from audit_entries where chain in (:c, :p) order by id", c=office.id, p=office.person
        )

    def ask(self, sql: str, **values: object) -> list[Any]:
        """What the superuser reads."""
        with self.owner.transaction(role="postgres") as tx:
            return tx.rows(sql, **values)

    def judged(self, statements: list[tuple[str, dict[str, object]]]) -> dict[str, Any]:
        """The verdict after these statements, which are then undone."""
        verdict: dict[str, Any] = {}
        with suppress(Undone), self.owner.transaction(role="postgres", settings={"session_replication_role": "replica"}) as tx:
            for sql, values in statements:
                tx.rows(sql, **values)
            tx.set(**acting(self.office.id, self.office.person), role=APPLICATION)
            verdict = dict(verified(lambda: nullcontext(tx), self.office.id))
            raise Undone(Sentence("undone", "undone"))
        return verdict


def reorder(trail: Trail, chance: random.Random) -> list[tuple[str, dict[str, object]]]:
    """Two entries, or two links of a lane, change places."""
    if chance.random() < 0.5:
        one, two = chance.sample([entry for entry in trail.entries if entry.chain == trail.office.id], 2)
        sql = "update audit_entries set xid = :xid, at = :at, id = :new, ordinal = :ordinal where id = :id"
        far: dict[str, object] = {"xid": 0, "at": one.at, "new": -1, "ordinal": 1}
        return [(sql, far | {"id": one.id}), (sql, standing(one) | {"id": two.id}), (sql, standing(two) | {"id": -1})]
    lane = chance.choice(sorted({link.lane for link in trail.links if link.sequence > 1}))
    one, two = chance.sample([link.sequence for link in trail.links if link.lane == lane], 2)
    sql = "update audit_links set sequence = :new where chain = :c and lane = :lane and sequence = :old"
    here = {"c": trail.office.id, "lane": lane}
    return [(sql, here | {"old": old, "new": new}) for old, new in ((one, 10_000), (two, one), (10_000, two))]


def standing(entry: Any) -> dict[str, object]:
    """Where an entry stands."""
    return {"xid": entry.xid, "at": entry.at, "new": entry.id, "ordinal": entry.ordinal}


def cut(trail: Trail, chance: random.Random) -> list[tuple[str, dict[str, object]]]:
    """The newest links of a lane are gone, with their entries and, since an owner can do that too, the rows that they made."""
    lane = chance.choice(sorted({link.lane for link in trail.links}))
    of_lane = [link for link in trail.links if link.lane == lane]
    done: list[tuple[str, dict[str, object]]] = []
    for link in of_lane[-chance.randint(1, len(of_lane)) :]:
        where = {"c": link.chain, "xid": link.xid, "at": link.at}
        made = "(select record_id from audit_entries where chain = :c and xid = :xid and at = :at)"
        rows = (("records", "id"), ("members", "person_id"))
        done += [(f"delete from {table} where organisation_id = :c and {key} in {made}", where) for table, key in rows]
        done += [(f"delete from {table} where chain = :c and xid = :xid and at = :at", where) for table in ("audit_entries", "audit_links")]
    return done


@pytest.fixture(scope="module")
def trail(server: Server, template: str, storage_server: Storage) -> Iterator[Trail]:
    """Records written by several connections, so in several lanes, and sealed now and then."""
    import pg8000.dbapi

    from shared.outside import config

    def connect() -> Any:
        return pg8000.dbapi.connect(user="postgres", database=name, unix_sock=f"{server.socket}/.s.PGSQL.5432", ssl_context=False)

    with copy_of(server, template) as name, pytest.MonkeyPatch.context() as patch:
        for variable, value in {**storage_server.environment(), "QFACTS_PROJECT": "demo-qfacts"}.items():
            patch.setenv(variable, value)
        config.current.cache_clear()
        database = Database.on_socket(server.socket, name)
        office = Sealed(database)
        for number in range(RECORDS):
            office.record(f"SOP-{number}")
            if number % 8 == 7:
                database.close()
                assert office.seals()["sealed"] == 1
        owner = Database(connect, size=1, detailed=True)
        yield Trail(office, owner)
        owner.close()
        database.close()
    config.current.cache_clear()


Lines = list[dict[str, Any]]


def edited(lines: Lines, chance: random.Random) -> Lines:
    """One value of one entry, link, seal or certificate is another."""
    line = chance.choice([line for line in lines if "entry" in line or "link" in line or "seal" in line])
    kind, found = next(iter(line.items()))
    if kind == "seal" and chance.random() < 0.7:
        found = found["checkpoint"]
    field = chance.choice(sorted(found))
    value = found[field]
    found[field] = value + 1 if isinstance(value, int) else f"{value}0" if isinstance(value, str) else [] if value else {"x": 1}
    return lines


def deleted(lines: Lines, chance: random.Random) -> Lines:
    """One line is gone; the counts at the end are made to fit."""
    gone = chance.choice([line for line in lines if set(line) & {"entry", "link", "seal", "certificate"}])
    return counted([line for line in lines if line is not gone])


def swapped(lines: Lines, chance: random.Random) -> Lines:
    """Two entries of a chain, links of a lane, or seals change places."""
    kind = chance.choice(["entry", "link", "seal"])
    groups: dict[tuple[object, object], list[int]] = {}
    for number, line in enumerate(lines):
        if kind in line:
            groups.setdefault((line[kind].get("chain"), line[kind].get("lane")), []).append(number)
    one, two = chance.sample(chance.choice([group for group in groups.values() if len(group) > 1]), 2)
    lines[one], lines[two] = lines[two], lines[one]
    return lines


def cut_off(lines: Lines, chance: random.Random) -> Lines:
    """The newest links of a lane are gone with their entries."""
    links = [line["link"] for line in lines if "link" in line]
    chosen = chance.choice(links)
    gone = [
        link
        for link in links
        if (link["chain"], link["lane"]) == (chosen["chain"], chosen["lane"]) and link["sequence"] >= chosen["sequence"]
    ]
    names = {(link["chain"], link["xid"], link["at"]) for link in gone}
    return counted([line for line in lines if not ({"entry", "link"} & set(line) and place(line) in names)])


def rewritten(lines: Lines, chance: random.Random) -> Lines:
    """An entry is another, and everything behind it is computed anew."""
    entry = chance.choice([line["entry"] for line in lines if "entry" in line])
    entry[chance.choice(["reason", "actor", "step", "request_id"])] += "."
    entry["digest"] = trail_digests.entry_digest(entry).hex()
    before: dict[tuple[str, int], str] = {}
    for line in lines:
        if "link" in line:
            link = line["link"]
            link["previous"] = before.get((link["chain"], link["lane"]), "00" * 32)
            inside = sorted(
                (other["entry"]["ordinal"], other["entry"]["digest"]) for other in lines if "entry" in other and place(other) == place(line)
            )
            link["digest"] = trail_digests.link_digest(link, b"".join(bytes.fromhex(digest) for _, digest in inside)).hex()
            before[link["chain"], link["lane"]] = link["digest"]
    return lines


def place(line: dict[str, Any]) -> tuple[str, int, str]:
    """The transaction of an entry or a link."""
    found = next(iter(line.values()))
    return found["chain"], found["xid"], found["at"]


def counted(lines: Lines) -> Lines:
    """The last line says what is there."""
    lines[-1]["end"] = {
        f"{kind}s" if kind != "entry" else "entries": sum(kind in line for line in lines) for kind in ("entry", "link", "seal")
    }
    return lines


FILES = {"edit": edited, "delete": deleted, "reorder": swapped, "cut": cut_off, "rewrite": rewritten}
