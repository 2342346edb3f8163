"""What an export holds and when it is refused; what its printout says."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.answers.exports import as_file, as_json
from shared.answers.versions import versions
from shared.domain.kernel.errors import Conflict
from shared.domain.people.organisations import Organisation
from shared.domain.records.comparisons import NOTHING
from shared.domain.reports import exports, printed_parts, printouts

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
FIRM, RECORD, OWNER, CHANGE = (str(UUID(int=number)) for number in range(1, 5))
ORGANISATION = Organisation(UUID(FIRM), "Firm", "Europe/Brussels", "en", AT, AT)
BY = {"id": OWNER, "name": "Ann Owner"}


def version(number: int, summary: str, status: str = "effective", ended_at: str | None = None) -> dict[str, Any]:
    return {
        "organisation_id": FIRM,
        "record_id": RECORD,
        "version": number,
        "status": status,
        "title": "Cleaning",
        "owner_id": OWNER,
        "team_id": None,
        "content": {"summary": summary},
        "content_sha256": "0" * 64,
        "change_id": CHANGE,
        "created_at": "2026-01-01T00:00:00Z",
        "effective_on": None,
        "effective_at": None,
        "ended_at": ended_at,
        "next_review_on": None,
        "revision": 1,
        "change": {"id": CHANGE, "number": "CHG-2026-0001", "title": "T", "reason": "Better"},
    }


def entry(table: str, row_key: str, new: dict[str, Any] | None = None, number: int = 1) -> dict[str, Any]:
    return {
        "id": number,
        "at": "2026-01-01T00:00:00.000000Z",
        "table_name": table,
        "row_key": row_key,
        "record_id": RECORD,
        "operation": "insert",
        "step": "create_document",
        "actor": f"person:{OWNER}",
        "cause": None,
        "reason": "create_document",
        "request_id": "",
        "source": "api",
        "old": None,
        "new": new or {},
    }


def found(**more: Any) -> dict[str, Any]:
    """What the store holds of a record with two versions."""
    record = {
        "id": RECORD,
        "kind": "document",
        "type": "sop",
        "number": "SOP-2026-0001",
        "title": "Cleaning",
        "status": "effective",
        "version": 2,
        "owner": {"id": OWNER, "name": "Ann Owner"},
        "owner_id": OWNER,
        "team_id": None,
        "content": {"summary": "Rinse"},
    }
    parts: dict[str, Any] = {name: [] for name in exports.PARTS if name != "trail"}
    parts["versions"] = versions([version(2, "Rinse"), version(1, "Wash", "superseded", "2026-02-01T00:00:00Z")], NOTHING)
    counted = {name: len(rows) for name, rows in parts.items()} | {"trail": 3}
    return {"record": record, "counted": counted, **parts, **more}


TRAIL = [
    entry("records", RECORD, {"title": "Cleaning", "owner_id": OWNER, "content": {"summary": "Wash"}}),
    entry("versions", f"{RECORD}:1", number=2),
    entry("versions", f"{RECORD}:2", number=3),
]


def whole(trail: list[dict[str, Any]] = TRAIL, **more: Any) -> dict[str, Any]:
    return exports.whole(found(**more), trail, {OWNER: "Ann Owner"}, NOTHING, organisation=ORGANISATION, by=BY, at=AT)


def test_an_export_counts_what_it_holds() -> None:
    export = whole()
    assert export["counts"] == {name: len(export[name]) for name in exports.PARTS}
    assert (export["exported_at"], export["exported_by"]) == ("2026-03-01T12:30:00.000000Z", BY)


@pytest.mark.parametrize("part", exports.PARTS)
def test_a_part_with_another_count_than_the_databases_is_no_export(part: str) -> None:
    counted = found()["counted"]
    with pytest.raises(Conflict, match="would not be whole") as refused:
        whole(counted={**counted, part: counted[part] + 1})
    assert part in refused.value.sentence


def test_a_version_without_its_entry_in_the_trail_is_no_export() -> None:
    trail = [*TRAIL[:2], entry("notes", RECORD, number=3)]
    with pytest.raises(Conflict, match=r"versions 2 \(no entry in the audit trail\)"):
        whole(trail)


def test_what_changed_since_the_original_entry_is_told_by_the_trail() -> None:
    [changed] = whole()["changed_since_original"]
    assert changed == {"field": "content.summary", "before": "Wash", "after": "Rinse", "lines": []}


@pytest.mark.parametrize(
    ("status", "ended_at", "stamp"),
    [
        ("effective", None, None),
        ("closed", None, None),
        ("active", None, None),
        ("closed", "2026-01-01", "SUPERSEDED"),
        ("superseded", "2026-01-01", "SUPERSEDED"),
        ("draft", None, "DRAFT"),
        ("void", None, "VOID"),
        ("suspended", None, "SUSPENDED"),
        ("retired", "2026-01-01", "RETIRED"),
        ("recalled", None, "RECALLED"),
        ("cancelled", None, "CANCELLED"),
        ("approved", None, "NOT YET IN FORCE"),
    ],
)
def test_what_is_not_in_force_is_stamped(status: str, ended_at: str | None, stamp: str | None) -> None:
    kind = {"closed": "event", "cancelled": "event", "active": "training"}.get(status, "document")
    assert exports.stamp(kind, {"status": status, "ended_at": ended_at}) == stamp


def test_a_learner_gets_no_answers_of_the_quiz_ahead() -> None:
    record = {**found()["record"], "kind": "training"}
    mine = {"person_id": OWNER, "closed_at": None}
    counted = {**found()["counted"], "assignments": 1}
    with pytest.raises(Conflict, match="right answers"):
        whole(record=record, assignments=[mine], counted=counted)
    assert whole(record=record, assignments=[{**mine, "closed_at": "2026-01-01"}], counted=counted)
    assert whole(record=record, assignments=[{**mine, "person_id": CHANGE}], counted=counted)


@pytest.mark.parametrize(("form", "most"), exports.MOST_ENTRIES.items())
def test_an_export_has_its_limits_and_a_way_around_them(form: str, most: int) -> None:
    exports.refuse_too_long(form, "SOP-2026-0001", most)
    with pytest.raises(Conflict, match="list_audit_trail"):
        exports.refuse_too_long(form, "SOP-2026-0001", most + 1)


def test_a_file_too_large_for_an_answer_is_refused() -> None:
    export = whole()
    with pytest.raises(Conflict, match=r"one answer holds 8 MiB; export it as JSON"):
        as_file("pdf", export, b" " * (exports.MOST_BYTES["pdf"] + 1))
    large = {**export, "names": {OWNER: "x" * exports.MOST_BYTES["json"]}}
    with pytest.raises(Conflict, match="one answer holds 12 MiB"):
        as_json(large)


def test_a_pdf_comes_with_its_name_size_and_hash() -> None:
    answer = as_file("pdf", whole(), b"%PDF")
    assert answer["filename"] == "SOP-2026-0001-2026-03-01.pdf"
    assert (answer["size"], answer["sha256"]) == (4, hashlib.sha256(b"%PDF").hexdigest())
    assert base64.b64decode(str(answer["content_base64"])) == b"%PDF"


def test_a_printout_has_a_section_for_each_version_with_its_own_stamp() -> None:
    made = {section.name: section for section in printouts.sections(whole())}
    assert list(made) == ["Record", "Version 2", "Version 1", "Signatures", "Belongings", "Audit trail"]
    assert {name: section.stamp for name, section in made.items() if section.stamp} == {"Version 1": "SUPERSEDED"}
    changed = [block for block in made["Version 2"].blocks if block.changed]
    assert [(block.label, block.text) for block in changed] == [("summary", ""), ("summary", "Rinse")]
    assert not [block for block in made["Version 1"].blocks if block.changed]


def test_what_belongs_to_a_record_is_said_as_people_know_it() -> None:
    action = {"key": "A1", "owner_id": OWNER, "original_due_on": "2026-04-01", "status": "open", "number": "CAPA-2026-0001/A1"}
    extension = {"due_on": "2026-04-02", "action_id": CHANGE, "status": "granted", "decided_at": "2026-03-02T12:30:00.000000Z"}
    export = {**whole(), "actions": [action], "extensions": [extension], "names": {OWNER: "Ann Owner", CHANGE: "CAPA-2026-0001/A1"}}
    export["counts"] = {**export["counts"], "actions": 1, "extensions": 1}
    belongings = next(section for section in printouts.sections(export) if section.name == "Belongings")
    assert [block.text for block in belongings.blocks if block.style == "entry"] == [
        "number: CAPA-2026-0001/A1; status: open; key: A1; owner: Ann Owner; original due on: 2026-04-01",
        "action: CAPA-2026-0001/A1; status: granted; due on: 2026-04-02; decided at: 2026-03-02 12:30:00 UTC",
    ]
    worked = {**export["record"], "kind": "capa_plan", "status": "closed_effective"}
    said = {block.label: block.text for block in printouts.sections({**export, "record": worked})[0].blocks}
    assert (said["kind"], said["status"]) == ("capa plan", "closed effective")


def test_a_signatures_line_says_who_what_when_and_why() -> None:
    row = {
        "printed_name": "Ann Owner",
        "meaning": "read_and_understood",
        "local_time": "2026-03-01T13:30:00+01:00",
        "time_zone": "Europe/Brussels",
        "signed_at": "2026-03-01T12:30:00.000000Z",
        "round": 2,
        "change_id": CHANGE,
        "version": None,
        "subject_kind": "change",
        "reason": "Clear",
        "on_behalf_of": OWNER,
        "valid": True,
    }
    names = printed_parts.Names({OWNER: "Ann Owner", CHANGE: "CHG-2026-0001"})
    assert printed_parts.signed(row, names) == (
        "Ann Owner – read and understood; 2026-03-01 13:30:00+01:00 Europe/Brussels = 2026-03-01 12:30:00 UTC;"
        " under round 2 of CHG-2026-0001; reason: Clear; as delegate of Ann Owner; the signature holds"
    )
    assert "DOES NOT HOLD" in printed_parts.signed({**row, "valid": False}, names)
    assert "under version 3" in printed_parts.signed({**row, "round": None, "version": 3}, names)


def test_a_value_is_said_in_words() -> None:
    names = printed_parts.Names({OWNER: "Ann Owner"})
    said = [names.say(value) for value in (OWNER, True, False, None, "", [OWNER, "b"], {"a": 1}, {"name": "Team"}, 7)]
    assert said == ["Ann Owner", "yes", "no", "–", "–", "Ann Owner, b", "a: 1", "Team", "7"]
    assert names.say("x" * 500, 400).endswith("… (500 characters; whole in the JSON export)")
