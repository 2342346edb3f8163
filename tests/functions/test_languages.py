"""Whoever reads an answer reads it in their language: what Accept-Language asks for, else their own, else English; codes stay the same."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Colleague, Company, company, document
from tests.product import Answer, Product


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company whose QA reads Dutch."""
    made = company(product, "action_owner", "qa", "operator")
    made.qa.post("update_me", language="nl").ok
    return made


def asked(product: Product, firm: Company, by: str, function: str, language: str | None, **query: str) -> Answer:
    """A read by somebody, with or without Accept-Language."""
    person: Colleague = getattr(firm, by)
    headers = {"Authorization": f"Bearer {person.token}", "X-Organisation": firm.id}
    return product.send(function, "GET", headers=headers | ({"Accept-Language": language} if language else {}), query=dict(query))


NOWHERE = "00000000-0000-4000-8000-000000000000"
ENGLISH, DUTCH, FRENCH = (
    "There is no such document.",
    "Dit bestaat niet: document.",
    "Ceci n'existe pas : document.",
)


@pytest.mark.parametrize(
    ("by", "language", "title", "detail", "spoken"),
    [
        ("action_owner", None, "Not found", ENGLISH, "en"),
        ("action_owner", "nl-BE,nl;q=0.9,en;q=0.5", "Niet gevonden", DUTCH, "nl"),
        ("action_owner", "de, fr;q=0.4", "Introuvable", FRENCH, "fr"),
        ("action_owner", "de", "Not found", ENGLISH, "en"),
        ("qa", None, "Niet gevonden", DUTCH, "nl"),
        ("qa", "*", "Niet gevonden", DUTCH, "nl"),
        ("qa", "en-GB", "Not found", ENGLISH, "en"),
    ],
)
def test_a_refusal_is_in_the_language_of_its_reader(
    product: Product, firm: Company, by: str, language: str | None, title: str, detail: str, spoken: str
) -> None:
    answer = asked(product, firm, by, "get_document", language, id=NOWHERE)
    refused = answer.refused(404)
    assert (refused["title"], refused["detail"], answer.headers["Content-Language"]) == (title, detail, spoken)
    assert (refused["code"], refused["type"], refused["facts"]) == (
        "no_such_thing",
        "urn:qfacts:problem:no_such_thing",
        {"thing": "document"},
    )


def test_every_bad_field_is_told_in_the_language_of_its_reader(product: Product, firm: Company) -> None:
    told = asked(product, firm, "qa", "list_events", None, limit="1000", nonsense="1", severity="huge").refused(422)["errors"]
    found = {one["field"]: (one["code"], one["detail"]) for one in told}
    assert found["limit"] == ("out_of_range", "Dit moet 100 of minder zijn.")
    assert found["nonsense"] == ("unknown", "Dit veld bestaat hier niet; verwijder het.")
    assert found["severity"][0] == "not_among"
    assert found["severity"][1].startswith("Dit moet een van deze zijn: ")


def test_a_closed_step_says_why_in_the_language_of_its_reader(product: Product, firm: Company) -> None:
    record = document(firm.action_owner)["record"]
    for language, spoken, why_not in (
        (None, "nl", "De status (document) is ‘ontwerp’; voor de stap ‘opschorten’ moet die ‘van kracht’ zijn."),
        ("en", "en", "This document is draft; to suspend it must be effective."),
        ("fr", "fr", "Le statut (document) est « projet » ; pour l'étape « suspendre », il doit être « en vigueur »."),
    ):
        answer = asked(product, firm, "qa", "get_document", language, id=record["id"])
        steps: dict[str, Any] = {one["step"]: one for one in answer.ok["open_steps"]}
        assert (steps["suspend"]["why_not"], steps["suspend"]["code"], steps["suspend"]["closed_by"]) == (why_not, "wrong_state", "state")
        assert answer.headers["Content-Language"] == spoken


def test_who_isnt_known_yet_is_answered_as_the_request_asks(product: Product) -> None:
    refused = product.send("get_me", "GET", headers={"Accept-Language": "fr"}).refused(401)
    assert (refused["title"], refused["code"]) == ("Connectez-vous", "bearer_token_needed")
