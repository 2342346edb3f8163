"""Settings, contents, headers and files at random: never a fault of ours, nothing over its limit, and what is accepted is kept whole."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.files.files import BY_EXTENSION
from shared.domain.kernel import canonical
from shared.domain.kernel.content import Content
from shared.domain.people.people import LANGUAGES, OPTIONAL_MAIL, time_zones
from shared.domain.records.kinds import KINDS
from shared.domain.records.settings import SETTINGS
from shared.google import files as storage
from tests.builders import Company, company, put, started_upload, triaged_event
from tests.domain.kernel.values_of_fields import good, objects
from tests.families import WHOLE
from tests.functions.permissions import HTTP
from tests.functions.samples import DOORS, sample
from tests.product import Answer, Product
from tests.storage import Storage
from tests.wild import HEADER, JSON, ODD, altered, few, mutated

NAMES = st.text(min_size=1, max_size=40) | st.sampled_from([*ODD, "Ann", "Demo Pharma"])
ZONES = st.sampled_from(sorted(time_zones())) | NAMES


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    return company(product, "action_owner", "qa")


def answered(answer: Answer, *statuses: int) -> bool:
    """Whether it was done; a refusal is a problem document with a sentence, and one of these."""
    if answer.status == 200:
        return True
    assert answer.status in (409, 413, 422, *statuses), answer.body
    answer.refused(answer.status)
    assert len(answer["detail"]) < 5000
    return False


def without_nulls(value: Any) -> Any:
    """What a content says: a null says nothing."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def said(text: object) -> object:
    """A text as it is kept."""
    return text.strip() if isinstance(text, str) else text


# --- Settings.

OWN_SETTINGS = {"name": NAMES, "time_zone": ZONES, "language": st.sampled_from(LANGUAGES) | NAMES}
ALL_SETTINGS = st.fixed_dictionaries({}, optional={**OWN_SETTINGS, **{name: altered(good(one)) for name, one in SETTINGS.types.items()}})


def test_every_setting_is_kept_as_it_was_given_or_refused_and_left_as_it_was(firm: Company) -> None:
    @few(60)
    @given(given=ALL_SETTINGS)
    def search(given: dict[str, Any]) -> None:
        before = firm.admin.get("get_organisation").ok.body
        done = answered(firm.admin.post("update_organisation", **given))
        after = firm.admin.get("get_organisation").ok.body
        if not done:
            assert after == before
            return
        kept = {**after["settings"], **{name: after[name] for name in OWN_SETTINGS}}
        expected = {**before["settings"], **{name: before[name] for name in OWN_SETTINGS}}
        for name, value in given.items():
            if value is not None:
                expected[name] = SETTINGS.types[name].check(name, value) if name in SETTINGS.types else said(value)
        assert kept == json.loads(canonical.encode(expected))
        SETTINGS.check("settings", after["settings"])

    search()
    assert firm.qa.get("verify_audit_trail").ok["intact"]


def test_every_word_of_a_profile_is_kept_as_it_was_given_or_refused(product: Product, firm: Company) -> None:
    subscriptions = altered(st.lists(st.sampled_from(OPTIONAL_MAIL), max_size=3))
    profile = {"name": NAMES, "language": st.sampled_from(LANGUAGES) | JSON, "time_zone": ZONES, "unsubscribed": subscriptions}

    @few(40)
    @given(given=st.fixed_dictionaries({}, optional=profile))
    def search(given: dict[str, Any]) -> None:
        before = product.get("get_me", firm.qa.token).ok.body
        done = answered(product.post("update_me", firm.qa.token, **given))
        after = product.get("get_me", firm.qa.token).ok.body
        if not done:
            assert after == before
            return
        for name in ("language", "time_zone"):
            assert after[name] == (before[name] if given.get(name) is None else said(given[name]))
        if given.get("unsubscribed") is not None:
            assert after["unsubscribed"] == sorted(set(given["unsubscribed"]))
        assert 0 < len(after["name"]) <= 200

    search()


# --- Contents.


def created(firm: Company, kind: str, content: Any) -> Answer:
    """A new record of this kind, as its creating step answers."""
    owner = firm.action_owner
    if kind == "document":
        return owner.post("create_document", title="Cleaning", type="sop", content=content)
    if kind == "training":
        return owner.post("create_training", title="Weighing", content=content)
    if kind == "event":
        return owner.post("report_event", title="Leak", type="deviation", content=content)
    if kind == "investigation":
        happened = triaged_event(owner, firm.qa)
        return owner.post("open_investigation", event_ids=[happened["id"]], content=content)
    assert kind == "capa_plan", f"say how a {kind} begins"
    return owner.post("create_capa_plan", title="Seals", content=content)


def named(value: Any, ids: dict[str, str]) -> Any:
    """The content with ids that the organisation has in the places of people and teams, so that more of it is accepted."""
    if isinstance(value, dict):
        return {
            name: (ids["person"] if isinstance(item, str) and name.endswith(("owner_id", "trainer_id")) else named(item, ids))
            for name, item in value.items()
            if not name.startswith(("file", "attach", "source_file", "record", "team"))
        }
    return [named(item, ids) for item in value] if isinstance(value, list) else value


def shown(answer: Answer) -> Any:
    """The content that the answer shows."""
    [found] = [
        answer.body[name] for name in ("record", "event", "investigation", "capa_plan", "document", "training") if name in answer.body
    ]
    return found["content"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_a_content_is_kept_as_it_was_given_or_refused(firm: Company, kind: str) -> None:
    fields = KINDS[kind].content
    ids = {"person": firm.action_owner.id}

    @few(20)
    @given(content=altered(objects(fields), st.sampled_from(ODD) | JSON))
    def search(content: Any) -> None:
        given = named(content, ids)
        answer = created(firm, kind, given)
        if not answered(answer):
            return
        expected = fields.check("content", given)
        assert holds(without_nulls(shown(answer)), _same(expected)), (shown(answer), expected)

    search()


def holds(kept: Any, given: Any) -> bool:
    """Whether everything that was given is kept; what the product adds, such as an action's key, may stand beside it."""
    if isinstance(given, dict):
        return isinstance(kept, dict) and all(name in kept and holds(kept[name], item) for name, item in given.items())
    if isinstance(given, list):
        return isinstance(kept, list) and len(kept) == len(given) and all(map(holds, kept, given))
    return bool(kept == given)


def _same(content: Content) -> dict[str, Any]:
    made: dict[str, Any] = without_nulls(json.loads(canonical.encode(content)))
    return made


# --- Headers.

HEADERS = ("Authorization", "X-Organisation", "Idempotency-Key", "If-Match", "Accept-Language", "Content-Type", "Content-Length", "Accept")
MORE = ("Transfer-Encoding", "Expect", "Sec-Fetch-Site", "traceparent", "X-Cloud-Trace-Context", "Cookie", "Origin", "Range")


@pytest.mark.parametrize("function", HTTP)
def test_whatever_stands_in_a_header_is_no_fault_of_ours(product: Product, firm: Company, storage: Storage, function: str) -> None:
    door, by = DOORS[function], firm.action_owner
    good_ones = {"Authorization": f"Bearer {by.token}", "X-Organisation": firm.id, "Content-Type": "application/json"}
    raw = json.dumps(sample(door)).encode() if door.method == "POST" else None
    query = sample(door) if door.method == "GET" else None

    @few(5)
    @given(sent=st.dictionaries(st.sampled_from((*HEADERS, *MORE)), HEADER, min_size=1, max_size=4))
    def search(sent: dict[str, str]) -> None:
        answer = product.send(function, door.method, headers=good_ones | sent, query=query, data=raw)
        answered(answer, 400, 401, 403, 404, 408, 412, 415, 428, 429)
        assert not any("\n" in value or "\r" in value for value in answer.headers.values())

    search()


# --- Files.


@pytest.mark.parametrize("extension", WHOLE)
def test_a_file_of_any_family_with_altered_bytes_is_kept_whole_or_refused(firm: Company, storage: Storage, extension: str) -> None:
    owner = firm.action_owner

    @few(2)
    @given(content=mutated(WHOLE[extension]))
    def search(content: bytes) -> None:
        started = started_upload(owner, content, f"run 7.{extension}", BY_EXTENSION[extension].media_type)
        put(started["upload_url"], content, started["headers"])
        sha256 = hashlib.sha256(content).hexdigest()
        if answered(owner.post("finish_upload", file_id=started["file_id"])):
            assert storage_holds(firm, sha256, len(content))
        else:
            assert not storage_holds(firm, sha256, len(content)), "what is refused isn't kept"

    search()


def storage_holds(firm: Company, sha256: str, size: int) -> bool:
    return storage.holds(UUID(firm.id), sha256, size)
