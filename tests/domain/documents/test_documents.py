"""Controlled documents: approved before issue, one version in force, and what each step leaves behind (ISO 13485 4.2.4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from shared.domain.documents import documents
from shared.domain.kernel import canonical
from shared.domain.kernel.errors import Conflict, Forbidden, Invalid
from shared.domain.kernel.outcomes import Outcome
from shared.domain.people.people import SYSTEM_ACTOR, Role
from shared.domain.records.dossiers import Dossier
from shared.domain.records.kind import begin
from shared.domain.records.kinds import in_force
from shared.domain.records.records import Record, Version, VersionFile
from tests.domain import cases
from tests.domain.cases import AT, QUINN, TODAY

TOMORROW = TODAY + timedelta(days=1)


def apply(document: Dossier, step: str = "release", effective_on: date | None = None, **more: Any) -> Outcome:
    """What the approval of a change does to one document today."""
    return documents.KIND.apply(
        documents.KIND, cases.item(document, step, **more), document, cases.change(effective_on=effective_on), TODAY, AT
    )


@pytest.mark.clause("ISO 13485 4.2.4")
def test_a_new_document_is_version_0_a_draft() -> None:
    made = begin(
        documents.KIND,
        cases.ORGANISATION,
        number="SOP-2026-0007",
        title=" Cleaning ",
        of_type="sop",
        given={"summary": "How", "edition": None},
        status="draft",
        by=cases.AUTHOR,
        at=AT,
    )
    assert (made.status, made.version, made.latest_version, made.effective_version) == ("draft", 0, 0, None)
    assert (made.kind, made.type, made.number, made.title, made.content) == (
        "document",
        "sop",
        "SOP-2026-0007",
        "Cleaning",
        {"summary": "How"},
    )
    assert made.owner_id == made.created_by == cases.AUTHOR.person_id


@pytest.mark.parametrize(
    ("title", "content", "field"), [("", {}, "title"), ("a\nb", {}, "title"), ("x" * 301, {}, "title"), ("a", {"x": 1}, "content.x")]
)
def test_a_new_document_is_checked(title: str, content: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(
            documents.KIND,
            cases.ORGANISATION,
            number="SOP-2026-0007",
            title=title,
            of_type="sop",
            given=content,
            status="draft",
            by=cases.AUTHOR,
            at=AT,
        )
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("SOP", "sop"),
        (" Work Instruction ", "work_instruction"),
        ("work-instruction", "work_instruction"),
        ("external", "external"),
        ("POLICY", "policy"),
    ],
)
def test_a_type_is_understood_in_any_capitals(said: str, meant: str) -> None:
    assert documents.type_named(said) == meant


@pytest.mark.parametrize("said", ["", "sops", "work+instruction", "training", "SOP\u0000"])
def test_an_unknown_type_is_refused(said: str) -> None:
    with pytest.raises(Invalid) as refused:
        documents.type_named(said)
    assert refused.value.field == "type"


def test_the_types_are_those_of_the_domain_each_with_its_own_prefix() -> None:
    assert set(documents.PREFIXES) == {"policy", "sop", "work_instruction", "form", "specification", "external"}
    assert len(set(documents.PREFIXES.values())) == 6


@pytest.mark.clause("ISO 13485 4.2.4")
@pytest.mark.parametrize("effective_on", [None, TODAY])
def test_a_release_takes_effect_at_once_where_no_later_date_is_planned(effective_on: date | None) -> None:
    outcome = apply(cases.draft(), effective_on=effective_on)
    (follow,) = outcome.follows
    assert (follow.step, follow.cause) == ("take_effect", "approval of CHG-2026-0001")
    approved = [row for row in outcome.saves if isinstance(row, Version)]
    assert [(row.version, row.status, row.effective_at) for row in approved] == [(1, "approved", None)]
    version, record = cases.final(outcome, Version), cases.final(outcome, Record)
    assert (version.status, version.effective_on, version.effective_at, version.ended_at) == ("effective", TODAY, AT, None)
    assert (record.status, record.version, record.latest_version, record.effective_version) == ("effective", 1, 1, 1)


@pytest.mark.clause("ISO 13485 4.2.4")
def test_a_release_for_a_later_day_waits_and_the_version_in_force_stays() -> None:
    first = apply(cases.draft(), effective_on=TOMORROW)
    assert first.follows == ()
    assert (cases.final(first, Version).status, cases.final(first, Version).effective_on) == ("approved", TOMORROW)
    record = cases.final(first, Record)
    assert (record.status, record.version, record.latest_version, record.effective_version) == ("approved", 1, 1, None)
    second = apply(cases.effective(), effective_on=TOMORROW)
    record = cases.final(second, Record)
    assert (record.status, record.version, record.latest_version, record.effective_version) == ("effective", 1, 2, 1)
    assert record.content == cases.CONTENT
    assert cases.final(second, Version).content == {"summary": "Rinse twice"}


@pytest.mark.clause("ISO 13485 4.2.4")
@pytest.mark.parametrize("status", ["effective", "suspended"])
def test_the_former_version_is_superseded_in_the_same_step(status: str) -> None:
    outcome = apply(cases.effective(status=status))
    (follow,) = outcome.follows
    rows = [row for row in follow.saves if isinstance(row, Version)]
    assert [(row.version, row.status, row.ended_at) for row in rows] == [(1, "superseded", AT), (2, "effective", None)]
    assert (cases.final(outcome, Record).version, cases.final(outcome, Record).status) == (2, "effective")


def test_a_version_holds_what_was_approved_and_its_hash() -> None:
    team = cases.uid("team")
    document = cases.effective(team_id=team)
    version = next(row for row in apply(document, title="Rinsing", content={"edition": "2"}).saves if isinstance(row, Version))
    assert (version.title, version.owner_id, version.team_id) == ("Rinsing", cases.AUTHOR.person_id, team)
    assert version.content == {"summary": cases.CONTENT["summary"], "edition": "2"}
    whole = {"title": version.title, "owner_id": version.owner_id, "team_id": version.team_id, "content": version.content}
    assert (version.content_sha256, version.change_id) == (canonical.sha256(whole), cases.change().id)


def test_a_release_gives_the_record_its_new_title_owner_and_team() -> None:
    outcome = apply(cases.effective(), title="Rinsing", owner_id=QUINN.person_id, team_id=cases.uid("team"))
    record = cases.final(outcome, Record)
    assert (record.title, record.owner_id, record.team_id, record.content) == (
        "Rinsing",
        QUINN.person_id,
        cases.uid("team"),
        {"summary": "Rinse twice"},
    )


def test_a_draft_is_released_as_its_change_says_it_and_not_as_it_was_shown() -> None:
    outcome = apply(cases.draft(content={"summary": "Shown before"}), content={"edition": "1"})
    assert cases.final(outcome, Version).content == {"edition": "1"}


def test_every_file_of_a_version_is_tied_to_it_by_its_field() -> None:
    body, more = str(cases.uid("body")), str(cases.uid("more"))
    outcome = apply(cases.draft(), content={"file_id": body, "attachments": [more, body]})
    rows = [(row.version, row.field, str(row.file_id)) for row in outcome.saves if isinstance(row, VersionFile)]
    assert rows == [(1, "file_id", body), (1, "attachments", more), (1, "attachments", body)]


@pytest.mark.parametrize(
    ("document", "status"),
    [
        (cases.draft(), None),
        (cases.effective(), None),
        (cases.effective(status="suspended"), None),
        (cases.effective(status="recalled"), None),
    ]
    + [(cases.effective(status=status), status) for status in ("void", "retired")],
)
def test_a_new_version_is_possible_until_the_document_is_over(document: Dossier, status: str | None) -> None:
    why_not = documents.why_not(documents.KIND, document, "release")
    assert why_not == (None if status is None else f"SOP-2026-0001 is {status}; it gets no new version.")


@pytest.mark.parametrize("step", ["release", "lift", "retire", "confirm_review"])
@pytest.mark.parametrize("status", ["effective", "suspended"])
def test_at_most_one_version_waits(step: str, status: str) -> None:
    why_not = documents.why_not(documents.KIND, replace(cases.waiting(), record=cases.record(status=status)), step)
    assert why_not is not None
    assert why_not.startswith("SOP-2026-0001 has an approved version that waits for its date")


@pytest.mark.parametrize("step", ["lift", "retire", "confirm_review"])
@pytest.mark.parametrize("status", list(documents.Status))
def test_a_gated_step_names_the_state_and_what_it_needs(step: str, status: str) -> None:
    sources = {"lift": ["suspended"], "retire": ["effective", "suspended"], "confirm_review": ["effective"]}[step]
    why_not = documents.why_not(documents.KIND, Dossier(cases.record(status=status), None, None), step)
    words = step.replace("_", " ")
    assert why_not == (None if status in sources else f"SOP-2026-0001 is {status}; to {words} it must be {' or '.join(sources)}.")


def test_a_recalled_version_never_takes_effect_and_its_number_is_never_used_again() -> None:
    once = cases.reloaded(
        recalled := cases.waiting(behind=False, effective_on=TOMORROW), documents.take(recalled, "recall", by=QUINN, at=AT)
    )
    assert (once.record.status, once.record.version, once.record.latest_version, once.waiting) == ("recalled", 1, 1, None)
    again = cases.released(once)
    assert (again.record.status, again.record.version, again.record.latest_version) == ("effective", 2, 2)


def test_recalling_the_waiting_version_leaves_the_one_in_force() -> None:
    document = cases.waiting(effective_on=TOMORROW)
    outcome = documents.take(document, "recall", by=QUINN, at=AT)
    version, record = cases.one(outcome, Version), cases.one(outcome, Record)
    assert (version.version, version.status, version.ended_at) == (2, "recalled", AT)
    assert (record.status, record.version, record.effective_version, record.latest_version) == ("effective", 1, 1, 2)
    assert cases.released(cases.reloaded(document, outcome)).record.version == 3


@pytest.mark.parametrize("status", ["effective", "suspended", "recalled", "retired", "draft"])
def test_nothing_is_recalled_where_nothing_waits(status: str) -> None:
    with pytest.raises(Conflict, match="to recall it must be approved"):
        documents.take(cases.effective(status=status), "recall", by=QUINN, at=AT)


def test_suspending_and_lifting_keep_the_version() -> None:
    outcome = documents.take(document := cases.effective(number=3), "suspend", by=QUINN, at=AT)
    suspended = cases.reloaded(document, outcome)
    assert (suspended.record.status, suspended.record.version, suspended.record.effective_version) == ("suspended", 3, 3)
    assert (cases.one(outcome, Version).status, cases.one(outcome, Version).ended_at) == ("suspended", None)
    assert not in_force(suspended.record)
    lifted = cases.released(suspended, "lift")
    assert lifted.current is not None
    assert (lifted.record.status, lifted.record.effective_version) == ("effective", 3)
    assert (lifted.current.status, lifted.current.ended_at) == ("effective", None)


@pytest.mark.parametrize("status", ["effective", "suspended"])
def test_a_retired_document_is_over_and_due_for_nothing(status: str) -> None:
    document = cases.effective(status=status, due_on=TODAY)
    assert document.current is not None
    document = replace(document, current=replace(document.current, next_review_on=TODAY))
    outcome = apply(document, "retire")
    record, version = cases.one(outcome, Record), cases.one(outcome, Version)
    assert (record.status, record.effective_version, record.due_on) == ("retired", None, None)
    assert (version.status, version.ended_at) == ("retired", AT)


def test_a_gated_step_may_give_the_document_another_owner_and_team() -> None:
    record = cases.one(apply(cases.effective(), "confirm_review", owner_id=QUINN.person_id, team_id=cases.uid("team")), Record)
    assert (record.owner_id, record.team_id, record.version) == (QUINN.person_id, cases.uid("team"), 1)


def test_a_gated_step_without_a_version_in_force_is_refused() -> None:
    with pytest.raises(Conflict, match="SOP-2026-0001 has no version in force"):
        apply(Dossier(cases.record(), None, None), "retire")
    with pytest.raises(Conflict):
        documents.take(Dossier(cases.record(), None, None), "suspend", by=QUINN, at=AT)
    with pytest.raises(Conflict):
        documents.take_effect(cases.effective(), today=TODAY, at=AT)


@pytest.mark.clause("11.10(g)")
@pytest.mark.parametrize(
    "by", [cases.member("a", role) for role in (None, Role.OPERATOR, Role.ACTION_OWNER, Role.INSPECTOR)] + [SYSTEM_ACTOR]
)
def test_only_qa_recalls_and_suspends(by: Any) -> None:
    with pytest.raises(Forbidden):
        documents.take(cases.waiting(), "recall", by=by, at=AT)
    with pytest.raises(Forbidden):
        documents.take(cases.effective(), "suspend", by=by, at=AT)


def test_all_documents_whose_day_came_take_effect_in_one_outcome() -> None:
    found = [cases.waiting("SOP-2026-0001", TODAY), cases.waiting("SOP-2026-0002", TODAY, behind=False)]
    outcome = documents.take_all_into_effect(found, today=TODAY, at=AT)
    (follow,) = outcome.follows
    assert (follow.step, follow.cause, outcome.saves) == ("take_effect", "the planned date came", ())
    rows = [(row.record_id, row.version, row.status) for row in follow.saves if isinstance(row, Version)]
    first, second = (one.record.id for one in found)
    assert rows == [(first, 1, "superseded"), (first, 2, "effective"), (second, 1, "effective")]
    assert documents.take_all_into_effect([], today=TODAY, at=AT) == Outcome()


def test_a_planned_day_stays_on_record_when_the_system_comes_late() -> None:
    planned = TODAY - timedelta(days=3)
    version = documents.take_effect(cases.waiting(effective_on=planned), today=TODAY, at=AT)[1]
    assert isinstance(version, Version)
    assert (version.effective_on, version.effective_at) == (planned, AT)


@pytest.mark.parametrize("status", list(documents.Status))
def test_a_reader_gets_the_version_in_force_and_nothing_else(status: str) -> None:
    assert in_force(cases.record(status=status)) == (status == "effective")
