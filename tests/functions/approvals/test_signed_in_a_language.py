"""What a signature means is said in the signer's language; what it covers is the same in every language."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Company, approve, company, document, submitted
from tests.product import Product

SAID = {
    "en": "Reject {number} in round 1: {title} (reason: Unclear). The signature means «rejected».",
    "nl": "Afwijzen {number} in ronde 1: {title} (reden: Unclear). De handtekening betekent «afgewezen».",
    "fr": "Rejeter {number} au tour 1 : {title} (motif : Unclear). La signature signifie «rejetée».",
}


@pytest.fixture(scope="module")
def firm(product: Product) -> Company:
    """A company with an author and QA."""
    return company(product, "action_owner", "qa")


def begun(firm: Company, request: dict[str, Any], language: str) -> dict[str, Any]:
    """What is about to be signed, in a language."""
    firm.qa.post("update_me", language=language).ok
    wish = {"subject_kind": "approval_request", "subject_id": request["id"], "meaning": "rejected", "arguments": {"reason": "Unclear"}}
    answer = firm.qa.post("start_signing", **wish).ok
    return {"content_sha256": answer["content_sha256"], **answer["signs"][0]}


@pytest.mark.clause("11.50")
@pytest.mark.clause("11.70")
def test_an_act_is_said_in_the_signers_language_and_its_hash_is_the_same_in_each(firm: Company) -> None:
    asked = submitted(firm.action_owner, document(firm.action_owner)["change"])
    request, change = asked["approval_request"], asked["change"]
    shown = {language: begun(firm, request, language) for language in SAID}
    names = {"number": change["number"], "title": change["title"]}
    assert {language: one["in_words"] for language, one in shown.items()} == {one: said.format(**names) for one, said in SAID.items()}
    assert {one["content_sha256"] for one in shown.values()} == {request["content_sha256"]}
    assert [one["meaning"] for one in shown.values()] == ["rejected"] * 3, "what is kept stays one word"
    firm.qa.post("update_me", language="fr").ok
    signed = approve(firm.qa, request).ok["signature"]
    assert (signed["meaning"], signed["content_sha256"], signed["valid"]) == ("approved", request["content_sha256"], True)
