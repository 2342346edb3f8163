"""The words of the tables that say more than one step: an organisation founded, documents written, a change approved, a training learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.demo_organisation import ORGANISATION, PEOPLE
from infra.local.demo_year import postbox
from infra.local.demo_year.actor import Actor
from infra.local.demo_year.tables import ZONE
from infra.local.demo_year.teller import Teller, Thing

Row = Mapping[str, Any]
Verb = Callable[[Teller, Any, Row], None]


def found(year: Teller, _: None, row: Row) -> None:
    """The first person founds the organisation and its teams."""
    accounts(year)
    admin = year.people["admin"].comes()
    year.ids["person admin"] = admin.post("update_me", name=_name("admin"), time_zone=str(ZONE))["person"]["id"]
    admin.organisation = admin.post("create_organisation", name=ORGANISATION)["organisation"]["id"]
    admin.post("update_organisation", **row["settings"])
    for key, name in row["teams"].items():
        year.ids[f"team {key}"] = admin.post("create_team", name=name)["team"]["id"]


def accounts(year: Teller) -> None:
    """Everybody's account at the identity provider."""
    for person in PEOPLE:
        year.people[person.local] = Actor(year.at, person.email, clock=year.clock).open_account()


def join(year: Teller, admin: Actor, row: Row) -> None:
    """The admin invites people, who follow the link in their mail, give their name and accept the signing policy."""
    for local, given in row["people"].items():
        admin.post("invite_member", email=year.people[local].email, **year.resolved(admin, given))
    deliver(year)
    for local in row["people"]:
        who = year.people[local].comes()
        year.ids[f"person {local}"] = who.post("update_me", name=_name(local), time_zone=str(ZONE))["person"]["id"]
        link = next(link for message in who.mail() for link in message["links"] if "token=" in link)
        token = parse_qs(urlsplit(str(link)).query)["token"][0]
        who.organisation = who.post("accept_invitation", token=token)["organisation"]["id"]
        who.post("accept_signing_policy")


def lead(year: Teller, admin: Actor, row: Row) -> None:
    """The admin names the leads of teams."""
    for team, person in row["teams"].items():
        admin.post("set_team_lead", team_id=year.ids[f"team {team}"], lead_id=year.ids[f"person {person}"])


def write(year: Teller, who: Actor, row: Row) -> None:
    """Write new documents in one change."""
    change: dict[str, Any] = {}
    drafts = {key: _draft(key, year.documents[key]) for key in row["documents"]}
    for key, draft in year.resolved(who, drafts).items():
        made = who.post("create_document", **draft, **(change or {"reason": row["reason"]}))
        change = {"change_id": made["change"]["id"]}
        year.things[key] = Thing("document", str(made["record"]["id"]))
    year.things[row["change"]] = Thing("change", change["change_id"])


def revise(year: Teller, who: Actor, row: Row) -> None:
    """Propose a change of documents, each with the text of its next version, and of other records."""
    items = [
        {
            "record_id": f"$thing:{key}",
            "content": {**_files(key, year.documents[key], int(given.pop("version"))), **given},
        }
        for key, given in ((key, dict(given)) for key, given in row.get("documents", {}).items())
    ]
    fields = {name: row[name] for name in ("reason", "impact", "risk", "effective_on", "follow_ups") if name in row}
    made = who.post("propose_change", **year.resolved(who, {**fields, "items": [*items, *row.get("items", [])]}))
    year.things[row["change"]] = Thing("change", str(made["change"]["id"]))


def submit(year: Teller, who: Actor, row: Row) -> None:
    """Submit a change for approval."""
    change = year.things[row["change"]]
    asked = who.post("submit_change", change_id=change.id, etag=year.etag(who, change))
    year.things[f"{row['change']} request"] = Thing("approval_request", str(asked["approval_request"]["id"]))


def approve(year: Teller, who: Actor, row: Row) -> None:
    """Sign to approve a change that was submitted."""
    _decide(year, who, row, "approve_request", "approved")


def reject(year: Teller, who: Actor, row: Row) -> None:
    """Sign to reject it, with a reason."""
    _decide(year, who, row, "reject_request", "rejected", reason=row["reason"])


def settle(year: Teller, who: Actor, row: Row) -> None:
    """Propose a step on one record, submit it, and have somebody approve it."""
    item = {"record_id": f"$thing:{row['about']}", "step": row["step"], **({"content": row["content"]} if "content" in row else {})}
    revise(year, who, {"change": row["change"], "reason": row["reason"], "items": [item]})
    submit(year, who, row)
    approve(year, year.people[row["approved_by"]].comes(), row)


def learn(year: Teller, who: Actor, row: Row) -> None:
    """Learn what was assigned: the quiz where there is one, then `read and understood`; `failed` leaves it with wrong answers."""
    assignment = _assignment(who, year.things[row["of"]].id)
    for right in row.get("answers", ()):
        begun = who.post("start_quiz", assignment_id=assignment["id"], etag=assignment["etag"])
        answers = [{"question": one["key"], "options": _chosen(one, row["known"], right=right)} for one in begun["attempt"]["questions"]]
        ended = who.post("answer_quiz", assignment_id=assignment["id"], answers=answers, etag=begun["assignment"]["etag"])
        assignment = ended["assignment"]
    if row.get("signs", True):
        signed = {"assignment_id": assignment["id"], "etag": assignment["etag"]}
        who.sign("complete_training", "assignment", assignment["id"], "read and understood", **signed)


def assess(year: Teller, who: Actor, row: Row) -> None:
    """Sign as the trainer that learners are competent."""
    for learner in row["learners"]:
        _sign_for(year, who, row, learner, "assess_training", "assessed")


def waive(year: Teller, who: Actor, row: Row) -> None:
    """Sign that somebody needn't learn something, and why."""
    _sign_for(year, who, row, row["learner"], "waive_training", "waived", reason=row["reason"])


def action(year: Teller, who: Actor, row: Row) -> None:
    """Take a step on an action of a plan."""
    plan = who.get("get_capa_plan", id=year.things[row["plan"]].id)
    found = next(one for one in plan["actions"] if one["key"] == row["key"])
    key = f"{row['plan']} {row['key']}"
    year.things[key] = Thing("action", str(found["id"]))
    year.step(who, row["step"], {**row, "about": key})


def replan(year: Teller, who: Actor, row: Row) -> None:
    """Write the next version of a plan: its actions so far and further ones."""
    plan = who.get("get_capa_plan", id=year.things[row["plan"]].id)
    actions = [*plan["content"]["actions"], *row["actions"]]
    year.step(who, "edit_record", {"about": row["plan"], "with": {"content": {**row["content"], "actions": actions}}})


def extend(year: Teller, who: Actor, row: Row) -> None:
    """Grant or deny the extension that was asked for last of an action."""
    about = year.things[row["action"]].id
    found = next(one for one in who.get("list_extensions", limit=100)["items"] if one["action_id"] == about)
    given = {"extension_id": found["id"], "granted": row["granted"], "etag": found["etag"]}
    who.post("decide_extension", **given, **({"reason": row["reason"]} if "reason" in row else {}))


def review(year: Teller, who: Actor, row: Row) -> None:
    """Review the audit trail of a period."""
    period = {"from": str(year.calendar.day(row["from"])), "to": str(year.calendar.day(row["to"])), "finding": row["finding"]}
    who.sign("review_audit_trail", "audit_trail", who.organisation, "reviewed", **period)


def leave(year: Teller, admin: Actor, row: Row) -> None:
    """The admin deactivates somebody, whose open work goes to a successor."""
    admin.post("deactivate_member", person_id=year.ids[f"person {row['person']}"], successor_id=year.ids[f"person {row['successor']}"])


def job(year: Teller, _: None, row: Row) -> None:
    """A scheduled function runs."""
    year.job(row["name"])


def tidy(year: Teller, _: None, row: Row) -> None:
    """The people read what they were told and clear their mailboxes: what came before is nothing that a newcomer looks for."""
    year.job("deliver_mail")
    postbox.clear(year.at)
    for local in row["people"]:
        year.people[local].comes().post("mark_notices_read")


def deliver(year: Teller, *_: object) -> None:
    """The mail that is due goes out, and arrives at this moment."""
    with postbox.arriving(year.at, year.clock.latest):
        year.job("deliver_mail")


VERBS: Mapping[str, Verb] = {
    "found": found,
    "join": join,
    "lead": lead,
    "write": write,
    "revise": revise,
    "submit": submit,
    "approve": approve,
    "reject": reject,
    "settle": settle,
    "learn": learn,
    "assess": assess,
    "waive": waive,
    "action": action,
    "replan": replan,
    "extend": extend,
    "review": review,
    "leave": leave,
    "job": job,
    "tidy": tidy,
    "deliver": deliver,
}


def _name(local: str) -> str:
    return next(person.name for person in PEOPLE if person.local == local)


def _draft(key: str, document: Row) -> dict[str, Any]:
    fields = {name: document[name] for name in ("title", "type", "team_id") if name in document}
    return {**fields, "content": {**document["content"], **_files(key, document, 1)}}


def _files(key: str, document: Row, version: int) -> dict[str, Any]:
    source = {"source_file_id": f"$word:{key}/{version}"} if document.get("word") else {}
    return {"file_id": f"$pdf:{key}/{version}", **source}


def _decide(year: Teller, who: Actor, row: Row, function: str, meaning: str, **more: str) -> None:
    request = year.things[f"{row['change']} request"].id
    etag = who.get("get_approval_request", id=request)["etag"]
    who.sign(function, "approval_request", request, meaning, approval_request_id=request, etag=etag, **more)


def _assignment(who: Actor, of: str) -> dict[str, Any]:
    found = who.get("list_assignments", state="assigned", training_id=of, mine=True)["items"]
    return dict(who.get("get_assignment", id=found[0]["id"]))


def _chosen(question: Row, known: list[str], *, right: bool) -> list[str]:
    """The options that are right, or one that is wrong."""
    chosen = [option["key"] for option in question["options"] if (option["text"] in known) is right]
    return chosen if right else chosen[:1]


def _sign_for(year: Teller, who: Actor, row: Row, learner: str, function: str, meaning: str, **more: str) -> None:
    filters = {"training_id": year.things[row["of"]].id, "person_id": year.ids[f"person {learner}"]}
    assignment = who.get("list_assignments", state="assigned", **filters)["items"][0]
    who.sign(function, "assignment", assignment["id"], meaning, assignment_id=assignment["id"], etag=assignment["etag"], **more)
