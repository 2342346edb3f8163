"""The machine of random lives of changes, approvals and documents, with the answers that its model expects."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from tests.builders import Company
from tests.journeys.model import QA, SETTLED, WRITERS, Chg, Doc
from tests.product import Answer, Product

PEOPLE = ("admin", "operator", "action_owner", "second_action_owner", "qa", "second_qa", "inspector")


class Lives(RuleBasedStateMachine):
    """Everybody does anything, in any order."""

    product: ClassVar[Product]
    firms: ClassVar[list[Company]]
    connection: ClassVar[Any]
    documents = Bundle("documents")
    changes = Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.docs: list[Doc] = []
        self.chgs: list[Chg] = []

    def by(self, firm: int, name: str) -> Any:
        """A person."""
        return self.firms[firm].people[name]

    def etag(self, function: str, firm: int, subject: str) -> str:
        """What an inspector reads just now."""
        return str(self.by(firm, "inspector").get(function, id=subject).ok["etag"])

    @initialize(target=documents, firm=st.integers(0, 1))
    def begin(self, firm: int) -> Doc:
        """Something to begin with."""
        return self._created(firm, "action_owner", self.by(firm, "action_owner").post("create_document", title="First", type="sop").ok)

    @rule(target=documents, firm=st.integers(0, 1), name=st.sampled_from(PEOPLE))
    def create(self, firm: int, name: str) -> Doc:
        """Create a document."""
        answer = self.by(firm, name).post("create_document", title="Another", type="sop", content={"summary": name})
        expect(answer, None if name in WRITERS else 403)
        return self._created(firm, name, answer) if answer.status == 200 else self.docs[0]

    def _created(self, firm: int, name: str, answer: Answer) -> Doc:
        doc = Doc(firm, answer["record"]["id"], name)
        self.docs.append(doc)
        self.chgs.append(Chg(firm, answer["change"]["id"], "release", [doc], {doc.id: 0}, {name}, future=False))
        return doc

    @rule(target=changes, doc=documents)
    def first_change(self, doc: Doc) -> Chg:
        """The change that will make version 1."""
        return self._first_change(doc)

    def _first_change(self, doc: Doc) -> Chg:
        return next(one for one in self.chgs if doc in one.docs)

    @rule(
        target=changes,
        doc=documents,
        other=st.one_of(st.none(), documents),
        name=st.sampled_from(PEOPLE),
        future=st.booleans(),
        step=st.sampled_from(["release", "release", "lift", "retire", "confirm_review"]),
    )
    def propose(self, doc: Doc, other: Doc | None, name: str, future: bool, step: str) -> Chg:
        """Propose a change over one or two documents; one of the other organisation isn't there."""
        docs = [doc] if other is None or other is doc else [doc, other]
        more = {"content": {"summary": f"By {name} {uuid4()}"}} if step == "release" else {"step": step}
        day = {"effective_on": str(datetime.now(UTC).date() + timedelta(days=9))} if future else {}
        answer = self.by(doc.firm, name).post("propose_change", reason="Why", items=[{"record_id": one.id, **more} for one in docs], **day)
        expected: int | None = None
        if name not in WRITERS:
            expected = 403
        else:
            for one in docs:
                if one.firm != doc.firm:
                    expected = expected or 422
                elif one.why_not(step, waiting=False) or (one.status == "draft" and one.creator != name):
                    expected = expected or 409
        expect(answer, expected)
        if answer.status != 200:
            return self._first_change(doc)
        change = Chg(doc.firm, answer["change"]["id"], step, docs, {one.id: len(one.versions) for one in docs}, {name}, future)
        self.chgs.append(change)
        return change

    @rule(change=changes, name=st.sampled_from(PEOPLE))
    def rebase(self, change: Chg, name: str) -> None:
        """Edit every item, which bases it on the record as it is now."""
        items = [{"record_id": doc.id} for doc in change.docs]
        etag = self.etag("get_change", change.firm, change.id)
        answer = self.by(change.firm, name).post("edit_change", change_id=change.id, items=items, etag=etag)
        refused = self._author_step(change, name, "draft")
        expect(answer, refused or (409 if any(doc.why_not(change.step, waiting=False) for doc in change.docs) else None))
        if answer.status == 200:
            change.bases = {doc.id: len(doc.versions) for doc in change.docs}

    def _author_step(self, change: Chg, name: str, status: str) -> int | None:
        if name not in WRITERS or name not in change.authors:
            return 403
        return None if change.status == status else 409

    @rule(change=changes, name=st.sampled_from(PEOPLE))
    def submit(self, change: Chg, name: str) -> None:
        """Ask QA; refused where something moved, is in approval elsewhere, or nobody could decide."""
        self._submit(change, name)

    @rule(change=changes)
    def submit_as_author(self, change: Chg) -> None:
        """The same by somebody who may, so that lives get on."""
        self._submit(change, min(change.authors))

    def _submit(self, change: Chg, name: str) -> None:
        answer = self.by(change.firm, name).post("submit_change", change_id=change.id, etag=self.etag("get_change", change.firm, change.id))
        refused = self._author_step(change, name, "draft")
        held = {"in_approval", "approved"}
        busy = any(other is not change and other.status in held and set(other.docs) & set(change.docs) for other in self.chgs)
        expect(answer, refused or (409 if change.stale or busy or not QA - change.authors else None))
        if answer.status == 200:
            change.status, change.request, change.signed = "in_approval", answer["approval_request"]["id"], set()

    @rule(change=changes, name=st.sampled_from(PEOPLE))
    def withdraw(self, change: Chg, name: str) -> None:
        """Take it back."""
        answer = self.by(change.firm, name).post(
            "withdraw_change", change_id=change.id, etag=self.etag("get_change", change.firm, change.id)
        )
        expect(answer, self._author_step(change, name, "in_approval"))
        if answer.status == 200:
            change.status = "draft"

    @rule(change=changes, name=st.sampled_from(PEOPLE))
    def discard(self, change: Chg, name: str) -> None:
        """Give it up: what existed only for it is void."""
        answer = self.by(change.firm, name).post(
            "discard_change", change_id=change.id, etag=self.etag("get_change", change.firm, change.id)
        )
        expect(answer, self._author_step(change, name, "draft"))
        if answer.status == 200:
            change.status = "discarded"
            for doc in change.docs:
                if not doc.versions:
                    doc.status = "void"

    @rule(change=changes, name=st.sampled_from(PEOPLE), approve=st.booleans())
    def decide_as_anybody(self, change: Chg, name: str, approve: bool) -> None:
        """Sign to approve or to reject, whoever one is."""
        self._decide(change, name, approve=approve)

    @rule(change=changes, approve=st.sampled_from([True, True, True, False]))
    def decide_as_qa(self, change: Chg, approve: bool) -> None:
        """The same by somebody who may, where there is somebody."""
        self._decide(change, next(iter(sorted(QA - change.authors)), "qa"), approve=approve)

    def _decide(self, change: Chg, name: str, *, approve: bool) -> None:
        if not change.request:
            return
        by, function = self.by(change.firm, name), "approve_request" if approve else "reject_request"
        refused = 403 if name not in QA or name in change.authors | change.signed else None if change.status == "in_approval" else 409
        meaning, more = ("approved", {}) if approve else ("rejected", {"reason": "Not clear"})
        step = {"approval_request_id": change.request, "etag": self.etag("get_approval_request", change.firm, change.request), **more}
        about = {"subject_kind": "approval_request", "subject_id": change.request, "meaning": meaning, "arguments": more}
        started = by.post("start_signing", **about)
        expect(started, refused)
        if refused:
            expect(by.post(function, challenge_id=str(uuid4()), **step), refused)
            return
        answer = self.product.post(function, by.fresh_token(), by.organisation, challenge_id=started["challenge_id"], **step)
        expect(answer, 409 if approve and change.stale else None)
        if answer.status == 200:
            change.signed.add(name)
            change.status = "draft" if not approve else "approved" if change.future else "applied"
            for doc in change.docs if approve else ():
                self._approve(change, doc)

    def _approve(self, change: Chg, doc: Doc) -> None:
        if change.step == "release":
            doc.versions[len(doc.versions) + 1] = "approved"
            if not doc.version("effective", "suspended"):
                doc.status = "approved"
        if not change.future:
            self._apply(change, doc)

    def _apply(self, change: Chg, doc: Doc) -> None:
        if change.step != "release":
            current = doc.version("effective", "suspended")
            assert current
            doc.versions[current] = doc.status = SETTLED[change.step]
        elif number := doc.version("approved"):
            self._takes_effect(doc, number)

    def _takes_effect(self, doc: Doc, number: int) -> None:
        former = doc.version("effective", "suspended")
        if former:
            doc.versions[former] = "superseded"
        doc.versions[number] = doc.status = "effective"

    @rule(doc=documents, name=st.sampled_from([*PEOPLE, "qa", "second_qa", "qa"]), step=st.sampled_from(["suspend", "recall"]))
    def put_out(self, doc: Doc, name: str, step: str) -> None:
        """Suspend what is in force, or recall what waits."""
        by, meaning = self.by(doc.firm, name), {"suspend": "suspended", "recall": "recalled"}[step]
        number = doc.version("approved") if step == "recall" else doc.version("effective")
        refused = 403 if name not in QA else None if number else 409
        about = {"subject_kind": "document", "subject_id": doc.id, "meaning": meaning, "arguments": {"reason": "Wrong"}}
        started = by.post("start_signing", **about)
        expect(started, refused)
        body = {"id": doc.id, "reason": "Wrong", "etag": self.etag("get_document", doc.firm, doc.id)}
        token, challenge = (by.token, str(uuid4())) if refused else (by.fresh_token(), started["challenge_id"])
        expect(self.product.post(f"{step}_document", token, by.organisation, challenge_id=challenge, **body), refused)
        if number and not refused:
            self._put_out(doc, number, meaning)
            for change in self.chgs if step == "recall" else ():
                if change.status == "approved" and doc in change.docs and not any(one.version("approved") for one in change.docs):
                    change.status = "recalled"

    def _put_out(self, doc: Doc, number: int, meaning: str) -> None:
        doc.versions[number] = meaning
        if meaning == "suspended" or not doc.version("effective", "suspended"):
            doc.status = meaning

    @rule(doc=documents, name=st.sampled_from(PEOPLE))
    def look_from_the_other_organisation(self, doc: Doc, name: str) -> None:
        """Nobody there sees it."""
        stranger = self.by(1 - doc.firm, name)
        assert stranger.get("get_document", id=doc.id).status == (404 if name != "admin" else 403)
        if name in WRITERS:
            assert stranger.get("get_record_history", id=doc.id).status == 404

    @rule(firm=st.integers(0, 1))
    def an_operator_sees_what_is_in_force(self, firm: int) -> None:
        """And nothing else (ISO 13485 4.2.4)."""
        seen = {item["id"] for item in self.by(firm, "operator").get("list_documents", limit=100).ok["items"]}
        ours = {doc.id for doc in self.docs if doc.firm == firm}
        assert seen & ours == {doc.id for doc in self.docs if doc.firm == firm and doc.status == "effective"}

    @invariant()
    def the_records_are_what_the_model_says(self) -> None:
        """Statuses, gapless versions, at most one in force, at most one change in approval."""
        ids = "{" + ",".join(doc.id for doc in self.docs) + "}"
        sql = (
            "select r.id::text, r.status, r.latest_version,"
            " (select json_object_agg(v.version, v.status) from versions v where v.record_id = r.id),"
            " (select count(*) from change_items i where i.record_id = r.id and i.in_approval),"
            " (select json_object_agg(c.id, c.status) from change_items i join changes c on c.id = i.change_id where i.record_id = r.id)"
            " from records r where r.id = any(cast(:ids as uuid[]))"
        )
        rows = {row[0]: row[1:] for row in self.connection.run(sql, ids=ids)}
        for doc in self.docs:
            status, latest, versions, in_approval, statuses = rows[doc.id]
            found = {int(number): one for number, one in (versions or {}).items()}
            assert (status, found) == (doc.status, doc.versions)
            assert sorted(found) == list(range(1, latest + 1))
            assert sum(one in {"effective", "suspended"} for one in found.values()) <= 1
            assert in_approval <= 1
            assert statuses == {change.id: change.status for change in self.chgs if doc in change.docs}

    def teardown(self) -> None:
        """At the end of each life the trail holds."""
        for firm in self.firms:
            assert firm.people["qa"].get("verify_audit_trail").ok["intact"]


def expect(answer: Answer, refusal: int | None) -> None:
    """The answer is what the model says: done, or refused in that way."""
    assert answer.status == (refusal or 200), f"the model says {refusal or 'open'}: {answer.status} {answer.body}"
