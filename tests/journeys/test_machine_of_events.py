"""Random lives of events, investigations and comments, in two organisations with every role, against a small model (21 CFR 11.10(f))."""

from __future__ import annotations

from random import Random
from typing import Any, TypeVar

import pytest

from tests.builders import INQUIRY
from tests.journeys.processes import PLANNED, WRITERS, Change, Comment, Event, Investigation, Thing
from tests.journeys.walk import PERSON, PLACE, Walk, expect, move, pick, run
from tests.product import Answer, Product

One = TypeVar("One", bound=Thing)
FIRM = (0, 1)
SEVERITY = ("minor", "minor", "major", "critical")
ENDING: dict[str, Any] = {"cause": "Wear", "correction": "Replaced", "disposition": "Scrapped"}


class Plan(Thing):
    """A CAPA plan that stays a draft until it is cancelled: closing an event waits for it."""

    kind = "capa_plan"

    def apply(self, change: Change) -> None:
        """Cancelling freezes no version."""
        self.moved(change.step)


class EventLives(Walk):
    """Events are reported, judged, investigated, closed, cancelled and reopened."""

    kinds = ("event", "investigation", "comment")

    def begin(self, dice: Random) -> None:
        """Some to begin with, each somewhere in its life."""
        self.comments: list[Comment] = []
        for place in range(3):
            self.report(place // 2, None, "complaint" if place else "deviation", product=bool(place))
            for _ in range(dice.randrange(7)):
                self.get_on(self.things_of(Event)[-1], dice.choice(SEVERITY))

    def get_on(self, event: Event, severity: str) -> None:
        """The next step of an event that gets on: judged, investigated, concluded, closed, reopened with its investigation."""
        inquiry = event.investigations[-1] if event.investigations else None
        if event.status == "reported":
            self.triaged(event, None, severity, decided=True)
        elif event.status == "triaged" and inquiry is None:
            self.investigated([event], None, INQUIRY)
        elif inquiry is not None and inquiry.status == "open":
            self.edited(inquiry, "action_owner", whole=True)
            self.asked(inquiry, "conclude", {})
        elif event.status == "closed":
            self.take_signed(event, None, "reopen")
        elif event.status == "triaged" and inquiry is not None and inquiry.status == "concluded":
            self.take_signed(inquiry, None, "reopen")
        elif event.status in event.row("close").sources:
            self.asked(event, "close", ENDING)

    def asked(self, thing: Thing, step: str, given: dict[str, Any]) -> None:
        """A step by change, all the way."""
        change = self.propose(thing, step, None, given)
        if change:
            self.carry_out(change)

    def things_of(self, *kinds: type[One]) -> list[One]:
        """The things of these kinds."""
        return [one for one in self.things if isinstance(one, kinds)]

    @move(place=PLACE, severity=SEVERITY)
    def one_gets_on(self, place: int, severity: str) -> None:
        """An event's life goes on."""
        event = pick(self.things_of(Event), place)
        assert event
        self.get_on(event, severity)

    @move(firm=FIRM, name=PERSON, type_=("deviation", "complaint", PLANNED), product=(True, False))
    def report(self, firm: int, name: str | None, type_: str, product: bool) -> None:
        """Report an event."""
        name, content = name or "action_owner", {"product": "Syringe"} if product else {}
        if type_ == PLANNED:
            content |= {"begins_on": "2099-01-01", "ends_on": "2099-01-31"}
        answer = self.by(firm, name).post("report_event", title="Broken seal", type=type_, content=content)
        expect(answer, None if name in WRITERS else 403)
        if answer.status == 200:
            self.things.append(Event(firm, answer["event"]["id"], name, type_, content))

    @move(place=PLACE, name=PERSON, to=("deviation", "complaint"))
    def correct(self, place: int, name: str | None, to: str) -> None:
        """QA corrects the type."""
        event = pick([one for one in self.things_of(Event) if one.type != to], place)
        if event and self.take(event, "correct_type", name, "correct_event_type", reason="It isn't", type=to):
            event.type = to

    @move(place=PLACE)
    def permit(self, place: int) -> None:
        """A planned deviation is permitted, or another event isn't."""
        event = pick(self.things_of(Event), place)
        assert event
        self.asked(event, "permit", {})

    @move(place=PLACE, name=PERSON, severity=SEVERITY, decided=(True, False), again=(True, False))
    def judge(self, place: int, name: str | None, severity: str, decided: bool, again: bool) -> None:
        """QA's judgement: the first one, or another one."""
        event = pick(self.things_of(Event), place)
        assert event
        if not again:
            self.triaged(event, name, severity, decided=decided)
        elif self.take(event, "reclassify", name, "reclassify_event", reason="Seen anew", severity=severity):
            event.content |= {"severity": severity}

    def triaged(self, event: Event, name: str | None, severity: str, *, decided: bool) -> None:
        """The first judgement."""
        judged: dict[str, Any] = {
            "severity": severity,
            "containment": "Held",
            **({"reportable": {"decision": "no", "reason": "No harm"}} if decided else {}),
        }
        if self.take(event, "triage", name, "triage_event", **judged):
            event.moved("triage")
            event.content |= judged

    @move(place=PLACE, name=PERSON, whole=(True, False))
    def edit(self, place: int, name: str | None, whole: bool) -> None:
        """Work on the content: whoever does is a contributor."""
        thing = pick([one for one in self.things if isinstance(one, Event | Investigation)], place)
        assert thing
        self.edited(thing, name or "action_owner", whole=whole)

    def edited(self, thing: Event | Investigation, name: str, *, whole: bool) -> None:
        """The content as somebody leaves it."""
        given = {"event": {"cause": "Wear" if whole else None}, "investigation": {"extent": "Line 1" if whole else None}}[thing.kind]
        if self.take(thing, "edit", name, "edit_record", content=given):
            thing.contributors.add(name)
            thing.content |= given

    @move(kind=(Event, Investigation), place=PLACE, name=PERSON, step=("cancel", "reopen"))
    def cancel_or_reopen(self, kind: type[Event | Investigation], place: int, name: str | None, step: str) -> None:
        """By QA's signature; cancelling by nobody who worked on it."""
        thing = pick(self.things_of(kind), place)
        if thing:
            self.take_signed(thing, name, step)

    def take_signed(self, thing: Thing, name: str | None, step: str) -> None:
        """Reopening an investigation waits for the events that are being closed."""
        late = step == "reopen" and isinstance(thing, Investigation) and thing.waits()
        if self.take(thing, step, name, f"{step}_{thing.kind}", late=late, reason="As it turned out"):
            thing.moved(step)

    @move(place=PLACE, other=(None, *PLACE[:20]), name=PERSON, whole=(True, False))
    def investigate(self, place: int, other: int | None, name: str | None, whole: bool) -> None:
        """Open an investigation over one or two events; one of the other organisation isn't there."""
        found = [pick(self.things_of(Event), one) for one in (place, place if other is None else other)]
        self.investigated(list(dict.fromkeys(one for one in found if one)), name, INQUIRY if whole else {})

    def investigated(self, covered: list[Event], name: str | None, content: dict[str, Any]) -> None:
        """An investigation over events."""
        firm, name = covered[0].firm, name or "second_action_owner"
        answer = self.by(firm, name).post("open_investigation", event_ids=[one.id for one in covered], content=content)
        self.seen["event", "investigate", answer.status == 200] += 1
        refused = next(filter(None, [one.refusal("investigate", name) for one in covered]), None)
        expect(answer, 403 if name not in WRITERS else 404 if any(one.firm != firm for one in covered) else refused)
        if answer.status == 200:
            self.things.append(Investigation(firm, answer["investigation"]["id"], name, dict(content), covered))

    @move(place=PLACE, name=PERSON, given=(ENDING, ENDING, {}, {"cause": "Wear", "no_capa_reason": "Once"}))
    def propose_to_close(self, place: int, name: str | None, given: dict[str, Any]) -> None:
        """Propose to close an event."""
        event = pick(self.things_of(Event), place)
        assert event
        self.propose(event, "close", name, given)

    @move(place=PLACE, name=PERSON, whole=(True, False))
    def propose_to_conclude(self, place: int, name: str | None, whole: bool) -> None:
        """Propose to conclude an investigation."""
        inquiry = pick(self.things_of(Investigation), place)
        if inquiry:
            self.propose(inquiry, "conclude", name, dict(INQUIRY) if whole else {})

    @move(place=PLACE, name=PERSON, through=(True, False))
    def plan(self, place: int, name: str | None, through: bool) -> None:
        """Draft a CAPA plan for an event or for its investigation, and ask to cancel it: until then the event waits, or says why not."""
        event, name = pick(self.things_of(Event), place), name or "second_action_owner"
        assert event
        inquiry = event.investigations[-1] if through and event.investigations else None
        answer = self.by(event.firm, name).post("create_capa_plan", title="Seals", source_ids=[(inquiry or event).id])
        expect(answer, None if name in WRITERS else 403)
        if answer.status == 200:
            self.things.append(Plan(event.firm, answer["capa_plan"]["id"], "draft", {name}))
            for one in inquiry.events if inquiry else [event]:
                one.plans.append(self.things[-1])
            self.propose(self.things[-1], "cancel", name, {})

    @move(place=PLACE, name=PERSON)
    def comment(self, place: int, name: str | None) -> None:
        """Say something about a change that isn't decided for good."""
        change, name = pick(self.chgs, place), name or "second_action_owner"
        if change:
            answer = self._post(change, name, "add_comment", 403 if name not in WRITERS else 409 if change.over else None, text="Why?")
            if answer:
                self.comments.append(Comment(change, answer["comment"]["id"], name))

    @move(place=PLACE, name=PERSON)
    def resolve(self, place: int, name: str | None) -> None:
        """Settle what was said."""
        comment = pick(self.comments, place)
        if comment and self.take(comment, "resolve", name, "resolve_comment"):
            comment.moved("resolve")

    def shown(self, thing: Thing, name: str = "inspector") -> Answer:
        """A comment is read with its change."""
        if not isinstance(thing, Comment):
            return super().shown(thing, name)
        reader = name if thing.seen_by(name) else "inspector"
        said = self.by(thing.firm, reader).get("get_change", id=thing.change.id).ok["comments"]
        found = next(one for one in said if one["id"] == thing.id)
        self.agrees(thing, reader, found)
        return Answer(200, found, {})

    @move(place=PLACE, name=PERSON)
    def read(self, place: int, name: str | None) -> None:
        """Whoever reads it sees what is open to them."""
        thing = pick(self.things, place)
        assert thing
        self.shown(thing, name or "qa")


@pytest.mark.clause("11.10(f)")
def test_whatever_people_do_events_and_investigations_are_what_the_rules_say(product: Product) -> None:
    run(EventLives, product, lives=14, steps=50)
