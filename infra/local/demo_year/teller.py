"""Does what the tables say, one act after the other, each at its moment and through the product's own functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from infra import register
from infra.local import scheduler
from infra.local.demo_year import bodies, tables
from infra.local.demo_year.actor import Actor
from infra.local.demo_year.bodies import File
from infra.local.demo_year.clock import Clock
from infra.local.demo_year.tables import Act, Calendar
from infra.local.place import Place

# How a thing is read again before a step on it, and under which name a step is told which one; records of every kind are told by `id`.
READ = {
    "document": "get_document",
    "training": "get_training",
    "event": "get_event",
    "investigation": "get_investigation",
    "capa_plan": "get_capa_plan",
    "change": "get_change",
    "action": "get_action",
    "assignment": "get_assignment",
}
NAMED = {"change": "change_id", "action": "action_id", "assignment": "assignment_id", "extension": "extension_id"}
NAMED_BY = {"assign_training": "training_id", "request_extension": "action_id"}
FILES = ("pdf", "word", "photograph")
UPLOADS = 2  # at once: as many as the product reads for one organisation
_REFERENCE = re.compile(r"\$(\w+):(.+)")


@dataclass(frozen=True)
class Thing:
    """Something that an act made and later acts speak of."""

    kind: str
    id: str
    etag: str = ""


@dataclass
class Teller:
    """The year as far as it has been told: who is there, and what has been made."""

    at: Place
    clock: Clock
    calendar: Calendar
    people: dict[str, Actor] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # of people and teams
    things: dict[str, Thing] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=tables.documents)
    photographs: dict[str, Any] = field(default_factory=lambda: tables.table("photographs"))

    def tell(self, act: Act) -> None:
        """Do one act at its moment."""
        from infra.local.demo_year.verbs import VERBS

        self.clock.turn(act.at)
        who = self.people[act.who].comes() if act.who else None
        if act.do in VERBS:
            VERBS[act.do](self, who, act.row)
        elif who is not None:
            self.step(who, act.do, act.row)

    def step(self, who: Actor, function: str, row: Mapping[str, Any]) -> Any:
        """Take a step of the product: `about` a thing, `with` these fields, `sign`ed with a meaning; what it makes is kept under `keep`."""
        fields = self.resolved(who, row.get("with", {}))
        on = self.things[row["about"]] if "about" in row else None
        if on is not None:
            fields[NAMED_BY.get(function) or NAMED.get(on.kind, "id")] = on.id
            fields["etag"] = self.etag(who, on)
        if "sign" in row and on is not None:
            answer = who.sign(function, on.kind, on.id, row["sign"], **fields)
        else:
            answer = who.post(function, **fields)
        if "keep" in row:
            self.keep(row["keep"], answer)
        return answer

    def keep(self, key: str, answer: Mapping[str, Any]) -> None:
        """Keep what a step made under `key`; of a draft its record, and the change under the key with `change` behind it."""
        for kind, made in answer.items():
            if isinstance(made, Mapping) and "id" in made:
                found = Thing(str(made.get("kind") or kind), str(made["id"]), str(made.get("etag", "")))
                self.things[f"{key} change" if kind == "change" and "record" in answer else key] = found

    def etag(self, who: Actor, thing: Thing) -> str:
        """The present revision of a thing."""
        return str(who.get(READ[thing.kind], id=thing.id)["etag"]) if thing.kind in READ else thing.etag

    def resolved(self, who: Actor, value: Any) -> Any:
        """A value with its references resolved: `$person:qa`, `$team:qc`, `$thing:v103`, `$day:+10`, `$at:-3 08:30`, `$pdf:v103/2`."""
        wanted = list(dict.fromkeys(one for one in _references(value) if one[0] in FILES))
        with ThreadPoolExecutor(UPLOADS) as pool:
            uploaded = dict(zip(wanted, pool.map(lambda one: self.upload(who, *one), wanted), strict=True))
        return self._resolved(value, uploaded)

    def _resolved(self, value: Any, uploaded: Mapping[tuple[str, str], str]) -> Any:
        if isinstance(value, Mapping):
            return {name: self._resolved(one, uploaded) for name, one in value.items()}
        if isinstance(value, list):
            return [self._resolved(one, uploaded) for one in value]
        found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        kind, name = found.groups()
        if kind in ("person", "team"):
            return self.ids[f"{kind} {name}"]
        if kind == "thing":
            return self.things[name].id
        if kind == "day":
            return self.calendar.day(name).isoformat()
        if kind == "at":
            return self.calendar.moment(name).isoformat(timespec="seconds")
        return uploaded[kind, name]

    def file(self, kind: str, name: str) -> File:
        """The file of a reference: a document's body in one of its versions, or a photograph."""
        if kind == "photograph":
            return bodies.photograph(name, self.photographs[name])
        key, _, version = name.partition("/")
        document = self.documents[key]
        make = bodies.pdf if kind == "pdf" else bodies.docx
        return make(key.replace("_", "-"), document["title"], document["texts"][int(version or 1) - 1])

    def upload(self, who: Actor, kind: str, name: str) -> str:
        """Upload a file; its id."""
        file = self.file(kind, name)
        return who.upload(file.name, file.media_type, file.content)

    def job(self, name: str) -> None:
        """Run a scheduled function, as the scheduler does at that time."""
        function = register.find(register.read(), name)
        slot = scheduler.Slot(self.clock.latest)
        answer = scheduler.attempt(self.at, function, slot) if function else None
        if answer is None or not answer.is_good:
            message = f"{name} answered {answer.status if answer else 'nothing'}"
            raise RuntimeError(message)


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """The references in a value, each as its kind and its name."""
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, str) and (found := _REFERENCE.fullmatch(value)):
        yield found[1], found[2]
