"""The days of approved changes in random lives: they come, are moved, or the change is recalled before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from infra import openapi, register
from shared.app.recording import Taker
from shared.app.run import Run
from shared.db import database
from shared.db.rows import read
from shared.domain.people.organisations import Organisation
from shared.doors import schedule
from tests.builders import day_comes
from tests.journeys.lives import PEOPLE, Lives, expect
from tests.journeys.model import QA, Chg


class LivesByTheCalendar(Lives):
    """Approved changes happen on their day, whole, unless somebody puts them off."""

    @rule(change=Lives.changes, name=st.sampled_from([*PEOPLE, "qa", "second_qa"]), step=st.sampled_from(["recall", "move"]))
    def put_off(self, change: Chg, name: str, step: str) -> None:
        """Recall an approved change before its day, or move it to another, whoever one is."""
        self._put_off(change, name, step)

    def _put_off(self, change: Chg, name: str, step: str) -> None:
        by, meaning = self.by(change.firm, name), {"recall": "recalled", "move": "rescheduled"}[step]
        told = {"reason": "Wrong"} | ({"effective_on": str(datetime.now(UTC).date() + timedelta(days=5))} if step == "move" else {})
        refused = 403 if name not in QA else None if change.status == "approved" else 409
        about = {"subject_kind": "change", "subject_id": change.id, "meaning": meaning, "arguments": told}
        started = by.post("start_signing", **about)
        expect(started, refused)
        body = {"change_id": change.id, **told, "etag": self.etag("get_change", change.firm, change.id)}
        token, challenge = (by.token, str(uuid4())) if refused else (by.fresh_token(), started["challenge_id"])
        function = {"recall": "recall_change", "move": "move_effective_date"}[step]
        expect(self.product.post(function, token, by.organisation, challenge_id=challenge, **body), refused)
        if not refused and step == "recall":
            change.status = "recalled"
            for doc in change.docs if change.step == "release" else ():
                if number := doc.version("approved"):
                    self._put_out(doc, number, "recalled")

    @rule(name=st.sampled_from(["qa", "second_qa"]), step=st.sampled_from(["recall", "move"]))
    def put_off_what_waits(self, name: str, step: str) -> None:
        """The same of a change that waits, where there is one, so that lives get on."""
        if waits := [one for one in self.chgs if one.status == "approved"]:
            self._put_off(waits[-1], name, step)

    @rule(firm=st.integers(0, 1))
    def the_day_comes(self, firm: int) -> None:
        """Each approved change happens whole, unless something stands against it, by the scheduled function's own work."""
        day_comes(self.product, self.firms[firm])
        found = register.find(register.read(), "take_documents_into_effect")
        assert found
        job = openapi.load(found).scheduled
        slot = schedule.Slot("take_documents_into_effect", "machine", uuid4())
        identifier = UUID(self.firms[firm].id)
        with database.current().transaction(role=schedule.ROLE, settings=schedule._settings(slot, identifier)) as tx:
            row = tx.row("select to_jsonb(o) as organisation from organisations o where o.id = :id", id=identifier)
            tx.enter(read(Organisation, row.organisation))
            job(Run(tx, Taker(f"system:{slot.job}", slot.job)))
        for change in self.chgs:
            hindered = change.step != "release" and any(doc.why_not(change.step, waiting=False) for doc in change.docs)
            if change.firm == firm and change.status == "approved" and not hindered:
                change.status = "applied"
                for doc in change.docs:
                    self._apply(change, doc)
