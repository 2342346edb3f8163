"""Random lives of events and investigations, in two organisations with every role, against a small model (21 CFR 11.10(f))."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, multiple, rule

from tests.builders import INQUIRY
from tests.journeys.processes import ROLES, WRITERS, Change, Event, Investigation, Thing
from tests.journeys.walk import PERSON, Walk, expect, run
from tests.product import Product

FIRM = st.integers(0, 1)
SEVERITY = st.sampled_from(["minor", "minor", "major", "critical"])
ENDING: dict[str, Any] = {"cause": "Wear", "correction": "Replaced", "disposition": "Scrapped"}


class Plan(Thing):
    """A CAPA plan that stays a draft until it is cancelled: closing an event waits for it."""

    kind = "capa_plan"

    def apply(self, change: Change) -> None:
        """Cancelling freezes no version."""
        self.moved(change.step)


class EventLives(Walk):
    """Events are reported, judged, investigated, closed, cancelled and reopened."""

    events = Bundle("events")
    inquiries = Bundle("inquiries")

    @initialize(target=events, firm=FIRM)
    def begin(self, firm: int) -> Any:
        """Two to begin with."""
        return multiple(self._reported(firm, "action_owner", "deviation", {}), self._reported(firm, "qa", "complaint", {}))

    @rule(target=events, firm=FIRM, name=PERSON, type_=st.sampled_from(["deviation", "complaint"]), product=st.booleans())
    def report(self, firm: int, name: str | None, type_: str, product: bool) -> Any:
        """Report an event."""
        return self._reported(firm, name or "action_owner", type_, {"product": "Syringe"} if product else {}) or multiple()

    def _reported(self, firm: int, name: str, type_: str, content: dict[str, Any]) -> Event | None:
        answer = self.by(firm, name).post("report_event", title="Broken seal", type=type_, content=content)
        expect(answer, None if name in WRITERS else 403)
        if answer.status != 200:
            return None
        event = Event(firm, answer["event"]["id"], name, type_, content)
        self.things.append(event)
        return event

    @rule(event=events, name=PERSON, severity=SEVERITY, decided=st.booleans())
    def triage(self, event: Event, name: str | None, severity: str, decided: bool) -> None:
        """QA's first judgement."""
        judged = {"severity": severity, "containment": "Held", **({"reportable": {"decision": "no"}} if decided else {})}
        if self.take(event, "triage", name, "triage_event", **judged):
            event.moved("triage")
            event.content |= judged

    @rule(event=events, name=PERSON, severity=SEVERITY)
    def reclassify(self, event: Event, name: str | None, severity: str) -> None:
        """Another judgement, signed."""
        judged = {"severity": severity, "reportable": {"decision": "yes"}}
        if self.take(event, "reclassify", name, "reclassify_event", reason="Seen anew", **judged):
            event.content |= judged

    @rule(thing=st.one_of(events, inquiries), name=PERSON, whole=st.booleans())
    def edit(self, thing: Thing, name: str | None, whole: bool) -> None:
        """Work on the content: whoever does is a contributor."""
        given = {"event": {"cause": "Wear" if whole else None}, "investigation": {"extent": "Line 1" if whole else None}}[thing.kind]
        name = name or thing.somebody("edit")
        if self.take(thing, "edit", name, "edit_record", content=given):
            thing.contributors.add(name)
            thing.content |= given

    @rule(thing=st.one_of(events, inquiries), name=PERSON, step=st.sampled_from(["cancel", "reopen", "reopen"]))
    def cancel_or_reopen(self, thing: Event | Investigation, name: str | None, step: str) -> None:
        """By QA's signature; cancelling by nobody who worked on it."""
        late = step == "reopen" and isinstance(thing, Investigation) and thing.waits()
        if self.take(thing, step, name, f"{step}_{thing.kind}", late=late, reason="As it turned out"):
            thing.moved(step)

    @rule(target=inquiries, event=events, other=st.one_of(st.none(), events), name=PERSON, whole=st.booleans())
    def investigate(self, event: Event, other: Event | None, name: str | None, whole: bool) -> Any:
        """Open an investigation over one or two events; one of the other organisation isn't there."""
        covered = [event] if other in (None, event) else [event, other]
        name, content = name or "second_action_owner", INQUIRY if whole else {}
        answer = self.by(event.firm, name).post("open_investigation", event_ids=[one.id for one in covered], content=content)
        refused = [one.refusal("investigate", name) for one in covered]
        missing = any(one.firm != event.firm for one in covered)
        expect(answer, 403 if ROLES[name] not in event.row("investigate").who else 404 if missing else next(filter(None, refused), None))
        if answer.status != 200:
            return multiple()
        inquiry = Investigation(event.firm, answer["investigation"]["id"], name, dict(content), [one for one in covered if one])
        self.things.append(inquiry)
        return inquiry

    @rule(target=Walk.changes, event=events, name=PERSON, step=st.just("close"), given=st.sampled_from([ENDING, ENDING, {}, {"no_capa_reason": "Once"}]))
    def close(self, event: Event, name: str | None, step: str, given: dict[str, Any]) -> Any:
        """Propose to close an event."""
        return self.propose(event, step, name, given) or multiple()

    @rule(target=Walk.changes, inquiry=inquiries, name=PERSON, whole=st.booleans())
    def conclude(self, inquiry: Investigation, name: str | None, whole: bool) -> Any:
        """Propose to conclude an investigation."""
        return self.propose(inquiry, "conclude", name, {"extent": "Line 1", **INQUIRY} if whole else {}) or multiple()

    @rule(target=Walk.changes, event=events, name=PERSON)
    def plan(self, event: Event, name: str | None) -> Any:
        """Draft a CAPA plan for an event, and ask to cancel it: until then the event waits for it, or says why not."""
        name = name or "second_action_owner"
        answer = self.by(event.firm, name).post("create_capa_plan", title="Seals", source_ids=[event.id])
        expect(answer, None if name in WRITERS else 403)
        if answer.status != 200:
            return multiple()
        plan = Plan(event.firm, answer["capa_plan"]["id"], "draft", {name})
        self.things.append(plan)
        event.plans.append(plan)
        return self.propose(plan, "cancel", name, {}) or multiple()

    @rule(thing=st.one_of(events, inquiries), name=PERSON)
    def read(self, thing: Thing, name: str | None) -> None:
        """Whoever reads it sees what is open to them; nobody of the other organisation finds it."""
        self.shown(thing, name or "qa")


@pytest.mark.clause("11.10(f)")
def test_whatever_people_do_events_and_investigations_are_what_the_rules_say(product: Product) -> None:
    run(EventLives, product, lives=12, steps=50)
