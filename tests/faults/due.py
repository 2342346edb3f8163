"""A day on which everything falls due: two organisations in which each scheduled function has something to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.builders import Company, as_superuser, day_comes, document, effective_document, submitted, uploaded
from tests.functions.courses import completed, in_days, only, training
from tests.functions.deliveries import planned
from tests.functions.files.orphans import orphan, upload
from tests.functions.mail.mornings import awake, today
from tests.functions.organisations.erasures import erase
from tests.product import Product

OLD = "now() - interval '60 days'"
FACTS = """
insert into usage_facts (organisation_id, day, function, role, outcome, person_id)
select md5('firm' || n % 6)::uuid, (now() at time zone 'UTC' - interval '10 minutes')::date - 1, 'create_team', 'qa', 'done',
    md5('person' || n)::uuid from generate_series(1, 60) n
"""


def fill(product: Product) -> None:
    """A large and a small organisation, and usage of six others whose people nobody finds again."""
    _busy(product, "Large")
    small = awake(product, "action_owner", "qa")
    _workings(product, small)
    _files(product, small, "Small")
    submitted(small.action_owner, document(small.action_owner, "Small asked")["change"])
    as_superuser(product, FACTS)


def _busy(product: Product, word: str) -> None:
    firm = awake(product, "action_owner", "qa", "second_qa", "operator")
    planned(product, firm, f"{word} one", f"{word} two")
    day_comes(product, firm)
    _retraining(product, firm)
    _workings(product, firm)
    _files(product, firm, word)
    effective_document(firm.action_owner, firm.qa, f"{word} in force")
    firm.qa.post("start_export", function="export_register", arguments={"register": "members", "format": "csv"}).ok
    firm.admin.post("deactivate_member", person_id=firm.second_qa.id, successor_id=firm.qa.id).ok
    erase(firm.admin, firm.second_qa.id).ok
    lapsing = submitted(firm.action_owner, document(firm.action_owner, f"{word} lapsing")["change"])["approval_request"]
    submitted(firm.action_owner, document(firm.action_owner, f"{word} asked")["change"])
    as_superuser(product, "update approval_requests set expires_at = now() - interval '1 s' where id = :id", firm.id, id=lapsing["id"])


def _retraining(product: Product, firm: Company) -> None:
    """The operator's training runs out in twenty days, and another one is overdue."""
    training(firm, audience={"roles": ["operator"]}, validity_months=12, days_to_complete=30)
    completed(firm.operator, only(firm.operator)).ok
    soon = "update assignments set valid_until = cast(:soon as date) where status = 'completed' and organisation_id = :own"
    as_superuser(product, soon, firm.id, soon=in_days(20), own=firm.id)
    training(firm, "Gowning", audience={"roles": ["operator"]})
    late = "update assignments set due_on = cast(:day as date) where status = 'assigned' and organisation_id = :own"
    as_superuser(product, late, firm.id, day=today() - timedelta(days=8), own=firm.id)


def _workings(product: Product, firm: Company) -> None:
    """What is over: a challenge that nobody used, mail of long ago, a request that nobody will repeat, a run of long ago."""
    firm.qa.start("audit_trail", firm.id, "reviewed", **{"from": "2020-01-01", "to": "2020-01-31", "finding": "Nothing"})
    firm.admin.post("create_team", name="Kept", key=str(uuid4())).ok
    own: dict[str, Any] = {"o": firm.id}
    unused = "not exists (select from signatures s where s.challenge_id = challenges.id)"
    as_superuser(product, f"update challenges set expires_at = {OLD} where organisation_id = :o and {unused}", firm.id, **own)
    sent = "select id from mails where organisation_id = :o order by id limit 2"
    as_superuser(product, f"update mails set status = 'sent', sent_at = {OLD} where id in ({sent})", firm.id, **own)
    as_superuser(product, f"update idempotency_keys set created_at = {OLD}")


def _files(product: Product, firm: Company, word: str) -> None:
    """One that is used, one whose upload nobody finished, one that no row names."""
    uploaded(firm.action_owner)
    late = upload(firm, f"{word} late")
    as_superuser(product, "update files set created_at = now() - interval '25 hours' where id = :id", firm.id, id=late)
    orphan(firm, f"{word} orphan".encode())
