"""What every random life of a quality process shares: people of two organisations, how they take a step, and the life of its changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.builders import Colleague, Company, company, told
from tests.domain.lifecycles import SYSTEM, TABLES
from tests.journeys.processes import PEOPLE, QA, READS, ROLES, WRITERS, Change, Thing
from tests.product import Answer, Product

PERSON = (*PEOPLE, *([None] * 14))  # None is somebody who may, where there is somebody: so that lives get on
PLACE = range(40)
One = TypeVar("One", bound=Change | Thing)
Move = TypeVar("Move", bound=Callable[..., None])


def move(**given: Sequence[object]) -> Callable[[Move], Move]:
    """Something that people do, and from what its circumstances are drawn."""

    def mark(function: Move) -> Move:
        function.given = given  # type: ignore[attr-defined]  # what is drawn
        return function

    return mark


def pick(found: Sequence[One], place: int) -> One | None:
    """One of them, mostly one whose life goes on."""
    going = [one for one in found if not one.over] if place % 4 else []
    chosen = going or found
    return chosen[-1 - place // 4 % len(chosen)] if chosen else None


class Walk(RuleBasedStateMachine):
    """Everybody of either organisation does anything, in any order."""

    product: ClassVar[Product]
    firms: ClassVar[list[Company]]
    connection: ClassVar[Any]
    kinds: ClassVar[tuple[str, ...]]
    seen: ClassVar[Counter[tuple[str, str, bool]]]

    def __init__(self) -> None:
        super().__init__()
        self.things: list[Thing] = []
        self.chgs: list[Change] = []

    @initialize(seed=st.integers(0, 2**32))
    def start(self, seed: int) -> None:
        """The dice of this life: Hypothesis' own draws would leave out half of the moves and repeat the rest, as if to find a crash."""
        self.dice = Random(seed)  # noqa: S311 - a test's
        self.begin(self.dice)

    def begin(self, dice: Random) -> None:
        """What there is to begin with."""

    @rule()
    def somebody_does_something(self) -> None:
        """One move."""
        names = [name for name in dir(type(self)) if hasattr(getattr(type(self), name), "given")]
        chosen = getattr(type(self), self.dice.choice(names))
        given = {name: self.dice.choice(values) for name, values in chosen.given.items()}
        note(f"{chosen.__name__}({given})")
        chosen(self, **given)

    def by(self, firm: int, name: str) -> Colleague:
        """A person."""
        return self.firms[firm].people[name]

    def shown(self, thing: Thing, name: str = "inspector") -> Answer:
        """What somebody reads; whoever may read it sees as open exactly what is open to them."""
        answer = self.by(thing.firm, name).get(READS[thing.kind], id=thing.id)
        if not thing.seen_by(name):
            assert answer.status in {403, 404}, f"{name} reads the {thing.kind}"
            return self.shown(thing)
        self.agrees(thing, name, answer.ok.body)
        return answer

    def agrees(self, thing: Thing, name: str, body: Any) -> None:
        """The status and every button are what the model says."""
        assert body["status"] == thing.status
        said = {row["step"]: row["open"] for row in body["open_steps"]}
        own = [step for step in thing.steps if name in WRITERS or ROLES[name] in thing.row(step).who]  # a reader sees their own only
        assert said == {step: thing.refusal(step, name) is None for step in own}, f"{name} on {thing}"
        assert all((row["why_not"] is None) == row["open"] for row in body["open_steps"])

    def take(self, thing: Thing, step: str, name: str | None, function: str, *, late: bool = False, **body: object) -> Answer | None:
        """A step taken as the model says: done, or refused in that way; nobody of the other organisation finds the thing.

        `late` is a conflict that only the step itself finds, not the reading or the challenge before it.
        """
        name = name or thing.somebody(step)
        refused, etag = thing.refusal(step, name), self.shown(thing, name)["etag"]
        self.stranger(thing, step, name, function, etag, body)
        subject = "id" if thing.kind in {"event", "investigation", "capa_plan"} else f"{thing.kind}_id"
        given = {subject: thing.id, "etag": etag, **body}
        by, meaning = self.by(thing.firm, name), thing.row(step).meaning
        if meaning is None:
            return self.done(thing, step, by.post(function, **given), refused or (409 if late else None))
        started = by.post("start_signing", subject_kind=thing.kind, subject_id=thing.id, meaning=meaning, arguments=told(function, body))
        expect(started, refused)
        token, challenge = (by.token, str(uuid4())) if refused else (by.fresh_token(), started["challenge_id"])
        answer = self.product.post(function, token, by.organisation, challenge_id=challenge, **given)
        return self.done(thing, step, answer, refused or (409 if late else None))

    def done(self, thing: Thing, step: str, answer: Answer, refused: int | None) -> Answer | None:
        """The answer where the step is done; both ways are counted."""
        expect(answer, refused)
        self.seen[thing.kind, step, answer.status == 200] += 1
        return answer if answer.status == 200 else None

    def stranger(self, thing: Thing, step: str, name: str, function: str, etag: object, body: dict[str, object]) -> None:
        """The same by the same role of the other organisation: not there, unless the role alone is refused."""
        subject = "id" if thing.kind in {"event", "investigation", "capa_plan"} else f"{thing.kind}_id"
        more = {"challenge_id": str(uuid4())} if thing.row(step).meaning else {}
        answer = self.by(1 - thing.firm, name).post(function, **{subject: thing.id, "etag": etag, **more, **body})
        expect(answer, 404 if ROLES[name] in thing.row(step).who else 403)

    def propose(self, thing: Thing, step: str, name: str | None, content: dict[str, Any]) -> Change | None:
        """A change that takes a gated step."""
        name = name or thing.somebody(step)
        items = [{"record_id": thing.id, "step": step, **({"content": content} if content else {})}]
        expect(self.by(1 - thing.firm, name).post("propose_change", reason="Why", items=items), 422 if thing.writer(name) else 403)
        answer = self.by(thing.firm, name).post("propose_change", reason="Why", items=items)
        expect(answer, thing.refusal(step, name) or (409 if thing.drafted_by not in (None, name) else None))
        self.seen[thing.kind, step, False] += answer.status != 200
        if answer.status != 200:
            return None
        self.chgs.append(Change(thing, answer["change"]["id"], step, content, name, thing.versions))
        return self.chgs[-1]

    @move(place=PLACE, name=PERSON, step=("rebase", "submit", "submit", "withdraw", "discard", "reject", "approve"))
    def change(self, place: int, name: str | None, step: str) -> None:
        """A step of a change, by anybody."""
        change = pick(self.chgs, place)
        if change:
            {"rebase": self.rebase, "submit": self.submit}.get(step, self.decide if step in SAYS else self.give_up)(change, name, step)

    @move(place=PLACE)
    def carry_out_one(self, place: int) -> None:
        """A change all the way."""
        change = pick(self.chgs, place)
        if change and not change.over:
            self.carry_out(change)

    def carry_out(self, change: Change) -> None:
        """What a change asks for, all the way: based on what is there, submitted and approved by those who may."""
        if change.status == "draft":
            self.rebase(change)
            self.submit(change)
        self.decide(change)

    def rebase(self, change: Change, name: str | None = None, _: str = "") -> None:
        """Edit the item, which bases it on the record as it is now."""
        name, moved = name or change.author, change.moved
        if self._post(
            change, name, "edit_change", change.refusal("edit", name) or (409 if moved else None), items=[{"record_id": change.thing.id}]
        ):
            change.base = change.thing.versions

    def submit(self, change: Change, name: str | None = None, _: str = "") -> None:
        """Ask QA; refused where something moved, is unmet, is in approval elsewhere, or nobody could decide."""
        name, unready = name or change.author, change.stale or change.unmet() or change.thing.in_approval or not QA - change.barred
        answer = self._post(change, name, "submit_change", change.refusal("submit", name) or (409 if unready else None))
        if answer:
            change.request, change.signed = answer["approval_request"]["id"], set()
            change.status, change.thing.in_approval = "in_approval", True

    def give_up(self, change: Change, name: str | None, step: str) -> None:
        """Take it back, or drop it: a draft that existed only for it is void."""
        name = name or change.author
        if self._post(change, name, f"{step}_change", change.refusal(step, name)):
            if step == "withdraw":
                change.status, change.thing.in_approval = "draft", False
            else:
                change.status = "discarded"
                change.thing.discarded()

    def _post(self, change: Change, name: str, function: str, refused: int | None, **body: object) -> Answer | None:
        shown = self.by(change.thing.firm, "inspector").get("get_change", id=change.id).ok
        assert shown["status"] == change.status
        given = {"change_id": change.id, "etag": shown["etag"], **body}
        expect(self.by(1 - change.thing.firm, name).post(function, **given), 404 if change.thing.writer(name) else 403)
        answer = self.by(change.thing.firm, name).post(function, **given)
        expect(answer, refused)
        return answer if answer.status == 200 else None

    def decide(self, change: Change, name: str | None = None, step: str = "approve") -> None:
        """Sign to approve or to reject."""
        if not change.request:
            return
        name = name or next(iter(sorted(QA - change.barred)), "qa")
        by, firm, refused = self.by(change.thing.firm, name), change.thing.firm, change.refusal(step, name)
        etag = self.by(firm, "inspector").get("get_approval_request", id=change.request).ok["etag"]
        more = {"reason": "Not clear"} if step == "reject" else {}
        about = {"subject_kind": "approval_request", "subject_id": change.request, "meaning": SAYS[step], "arguments": more}
        started = by.post("start_signing", **about)
        expect(started, refused)
        token, challenge = (by.token, str(uuid4())) if refused else (by.fresh_token(), started["challenge_id"])
        body = {"approval_request_id": change.request, "challenge_id": challenge, "etag": etag, **more}
        expect(self.by(1 - firm, name).post(f"{step}_request", **body), 404 if name in QA else 403)
        answer = self.product.post(f"{step}_request", token, by.organisation, **body)
        expect(answer, refused or (409 if step == "approve" and (change.stale or change.unmet()) else None))
        if answer.status == 200:
            change.signed.add(name)
            change.status, change.thing.in_approval = "applied" if step == "approve" else "draft", False
            if step == "approve":
                change.apply()
                self.applied(change)
                self.seen[change.thing.kind, change.step, True] += 1

    def applied(self, change: Change) -> None:
        """What else an approved change brings."""

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        """Every record's status and version, and what else the process keeps."""
        ids = "{" + ",".join(thing.id for thing in self.things) + "}"
        sql = "select id::text, status, latest_version from records where id = any(cast(:ids as uuid[]))"
        found = {row[0]: (row[1], row[2]) for row in self.connection.run(sql, ids=ids)}
        assert found == {thing.id: (thing.status, thing.versions) for thing in self.things}
        self.rest_agrees(ids)

    def rest_agrees(self, ids: str) -> None:
        """What else the process keeps is what the model says."""

    def teardown(self) -> None:
        """At the end of each life nobody has decided about their own, and the trail holds."""
        for what, sql in OWN.items():
            found = self.connection.run(
                f"{sql} and x.organisation_id = any(cast(:firms as uuid[]))", firms=[firm.id for firm in self.firms]
            )
            assert found == [], f"somebody {what} their own"
        for firm in self.firms:
            assert firm.people["qa"].get("verify_audit_trail").ok["intact"]


SAYS = {"approve": "approved", "reject": "rejected"}
OWN = {
    "approved": "select 1 from signatures x join change_items i on i.change_id = x.change_id join contributors c"
    " on c.record_id = i.record_id where x.person_id = c.person_id and c.created_at <= x.signed_at",
    "approved a change of": "select 1 from signatures x join change_authors a on a.change_id = x.change_id"
    " where x.person_id = a.person_id and a.created_at <= x.signed_at",
    "cancelled": "select 1 from signatures x join contributors c on c.record_id = x.record_id where x.person_id = c.person_id"
    " and c.created_at <= x.signed_at and x.meaning in ('cancelled', 'verified')",
    "verified": "select 1 from actions x where x.verified_by in (x.owner_id, x.completed_by)",
    "granted": "select 1 from extensions x where x.decided_by = x.requested_by",
    "waived": "select 1 from signatures x join assignments a on a.id = x.subject_id where x.meaning in ('waived', 'assessed')"
    " and x.person_id = a.person_id",
}


def expect(answer: Answer, refusal: int | None) -> None:
    """The answer is what the model says: done, or refused in that way."""
    assert answer.status == (refusal or 200), f"the model says {refusal or 'open'}: {answer.status} {answer.body}"


def run(machine: type[Walk], product: Product, *, lives: int, steps: int) -> None:
    """Random lives in two new organisations, the same ones in every run."""
    machine.seen = Counter()
    machine.product, machine.firms = product, [company(product, "operator", "action_owner", "qa", "second_qa", "inspector") for _ in "ab"]
    for firm in machine.firms:
        firm.join("second_action_owner", "action_owner")
    machine.connection = product.superuser()
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    machine.connection.close()
    steps_of = [(kind, step) for kind in machine.kinds for step, row in TABLES[kind].rows.items() if row.who != SYSTEM]
    unseen = [(*step, done) for step in steps_of for done in (True, False) if not machine.seen[(*step, done)]]
    assert not unseen, f"these steps were never done (True) or never refused (False), so nothing was learnt about them: {unseen}"
