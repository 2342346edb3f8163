"""`make demo`: the main job, walked over plain HTTP by six people of two organisations, and a story of quality; each step is printed."""

from __future__ import annotations

import datetime as dt
import io
import sys
import time

from infra.local import place, story
from infra.local.guest import Guest, Refused
from infra.local.http_call import Unreachable, call

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def say(who: str, what: str, proof: str = "") -> None:
    """Print one step."""
    print(f"  {who:<22} {what}" + (f"\n  {'':<22}   → {proof}" if proof else ""), flush=True)


def pdf(*lines: str) -> bytes:
    """A real PDF with these lines."""
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 20 * number, line)
    canvas.save()
    return file.getvalue()


def docx(*lines: str) -> bytes:
    """A real Word document with these paragraphs."""
    import docx as word

    file, document = io.BytesIO(), word.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


def join(admin: Guest, guest: Guest, role: str, name: str) -> Guest:
    """Invite, read the mail, accept, give a name and accept the signing policy."""
    admin.post("invite_member", email=guest.email, role=role)
    guest.post("update_me", name=name, time_zone="Europe/Brussels")
    joined = guest.post("accept_invitation", token=guest.invitation())
    guest.organisation = joined["organisation"]["id"]
    guest.post("accept_signing_policy")
    say(name, f"accepts the invitation from the mail and joins as {role}")
    return guest


def approve(qa: Guest, request: dict[str, str]) -> dict[str, object]:
    """Sign to approve, and say what was signed."""
    decided = qa.sign(
        "approve_request", "approval_request", request["id"], "approved", approval_request_id=request["id"], etag=request["etag"]
    )
    signature = decided["signature"]
    proof = f"{signature['printed_name']}, {signature['local_time']} ({signature['time_zone']}), sha256 {signature['content_sha256'][:16]}…"
    say("Quinn (QA)", f"signs «{signature['meaning']}» with a fresh sign-in", proof)
    return dict(decided)


def walk(at: place.Place) -> bool:
    """The whole main job; whether the chain holds at the end."""
    stamp = f"{time.time_ns():x}"
    admin, qa, owner, operator, other_admin, stranger = (
        Guest(at, f"{name}-{stamp}@demo.qfacts.example").sign_up()
        for name in ("admin", "qa", "owner", "operator", "other-admin", "stranger")
    )
    admin.prove_address()
    other_admin.prove_address()
    print("Founding")
    admin.post("update_me", name="Ada Admin")
    admin.organisation = admin.post("create_organisation", name=f"Demo walk {stamp[-6:]}")["organisation"]["id"]
    admin.post("update_organisation", time_zone="Europe/Brussels")
    team = admin.post("create_team", name="Production")["team"]
    say("Ada (admin)", "founds an organisation and the team Production")
    join(admin, qa, "qa", "Quinn Assurance")
    join(admin, owner, "action_owner", "Olga Owner")
    join(admin, operator, "operator", "Otto Operator")
    admin.post("add_team_member", team_id=team["id"], person_id=operator.get("get_me")["id"])
    other_admin.post("update_me", name="Otis Other")
    other_admin.organisation = other_admin.post("create_organisation", name=f"Another company {stamp[-6:]}")["organisation"]["id"]
    join(other_admin, stranger, "qa", "Stella Stranger")

    print("Version 1")
    body = pdf("Cleaning of vessels", "1. Rinse with water.", "2. Wash with 2 % detergent.")
    source = docx("Cleaning of vessels", "1. Rinse with water.", "2. Wash with 2 % detergent.")
    file_id = owner.upload("cleaning.pdf", "application/pdf", body)
    source_id = owner.upload("cleaning.docx", DOCX, source)
    say("Olga (Action Owner)", f"uploads a PDF of {len(body):,} and a DOCX of {len(source):,} bytes through signed URLs")
    made = owner.post(
        "create_document", title="Cleaning of vessels", type="SOP", content={"summary": "How vessels are cleaned", "file_id": file_id}
    )
    record, change = made["record"], made["change"]
    item = {"record_id": record["id"], "content": {"source_file_id": source_id, "review_interval_months": 24}}
    change = owner.post("edit_change", change_id=change["id"], items=[item], etag=change["etag"])["change"]
    asked = owner.post("submit_change", change_id=change["id"], etag=change["etag"])
    say("Olga (Action Owner)", f"writes {record['number']}, edits and submits {change['number']} for approval")
    shown = qa.get("get_change", id=change["id"])
    say("Quinn (QA)", f"reads the diff: {', '.join(one['field'] for one in shown['items'][0]['diff'])}")
    try:
        approve(owner, asked["approval_request"])
    except Refused as refusal:
        say("Olga (Action Owner)", "tries to approve her own change", f"{refusal.status}: {refusal.problem['detail']}")
    approve(qa, asked["approval_request"])
    read = operator.get("get_document", id=record["id"])
    same = operator.download(file_id) == body
    say(
        "Otto (Operator)",
        f"lists, reads and downloads {read['number']} version {read['version']} ({read['status']})",
        f"byte for byte: {same}",
    )
    try:
        stranger.get("get_document", id=record["id"])
    except Refused as refusal:
        say("Stella (QA elsewhere)", "asks for the same id from the other organisation", f"{refusal.status}: {refusal.problem['detail']}")

    print("Version 2")
    newer = owner.upload(
        "cleaning-2.pdf", "application/pdf", pdf("Cleaning of vessels", "1. Rinse with water.", "2. Wash with 3 % detergent.")
    )
    change = owner.post("propose_change", reason="Stronger detergent", items=[{"record_id": record["id"], "content": {"file_id": newer}}])[
        "change"
    ]
    asked = owner.post("submit_change", change_id=change["id"], etag=change["etag"])
    lines = [
        line
        for one in qa.get("get_change", id=change["id"])["items"][0]["diff"]
        for line in one["lines"]
        if line[:1] in "+-" and line[1:2] not in "+-"
    ]
    say("Quinn (QA)", "reads what changed in the text of the file", "  ".join(lines))
    request = asked["approval_request"]
    rejected = qa.sign(
        "reject_request",
        "approval_request",
        request["id"],
        "rejected",
        approval_request_id=request["id"],
        etag=request["etag"],
        reason="State how long it must act",
    )
    say("Quinn (QA)", "signs «rejected» with a reason", rejected["approval_request"]["cause"])
    item = {"record_id": record["id"], "content": {"summary": "How vessels are cleaned; the detergent acts for 10 minutes"}}
    change = owner.post("edit_change", change_id=change["id"], items=[item], etag=rejected["change"]["etag"])["change"]
    asked = owner.post("submit_change", change_id=change["id"], etag=change["etag"])
    say("Olga (Action Owner)", f"edits and submits again: round {asked['approval_request']['round']}")
    approve(qa, asked["approval_request"])

    print("What an inspector reads")
    history = qa.get("get_record_history", id=record["id"])
    say("History", "; ".join(f"version {one['version']} {one['status']}" for one in history["versions"]))
    for one in history["signatures"]:
        say("Signature", f"{one['printed_name']} {one['meaning']} at {one['signed_at'][:19]}Z", f"holds: {one['valid']}")
    trail = qa.get("list_audit_trail", record_id=record["id"], limit=100)["items"]
    say("Audit trail", f"{len(trail)} entries about this record, the newest: {trail[0]['step']} by {trail[0]['actor'].split(':')[0]}")
    verdict = qa.get("verify_audit_trail")
    say("Chain", f"{verdict['entries']} entries, intact: {verdict['intact']}")
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
    say(
        "Tomorrow",
        f"documents with a date such as {later} are taken into effect by the scheduler (make run-job JOB=take_documents_into_effect)",
    )
    return bool(verdict["intact"]) and same


def main() -> int:
    """0 when the whole walk went as it must."""
    try:
        at = place.current()
        if call("GET", f"{at.ports.origin}/health", timeout=5).status != 200:
            print("QFacts is still starting; try again in a moment.", file=sys.stderr)
            return 1
    except (Unreachable, place.SetUpError) as error:
        print(f"{error} Start QFacts first: make start", file=sys.stderr)
        return 1
    try:
        held = walk(at)
        print("A story of quality")
        story.tell(at, say, join)
    except (Refused, Unreachable, TimeoutError) as error:
        print(f"The walk stopped: {error}", file=sys.stderr)
        return 1
    print("The main job holds." if held else "Something doesn't hold; see above.")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
