"""Whether a sign-in still stands: asked when it signs and once in a while, by the test server and by the real emulator."""

from __future__ import annotations

import time

import pytest

from shared.domain.kernel import errors
from shared.google import identity
from tests.google.refusals import refusal
from tests.google_keys import Google, claims
from tests.identity import Emulator


def test_signing_asks_google_whether_the_sign_in_still_stands(google: Google) -> None:
    token = google.sign(claims())
    google.accounts["person-1"] = {"localId": "person-1", "validSince": str(int(time.time()) - 3600)}
    assert identity.verify(token, at_once=True).uid == "person-1"
    google.accounts["person-1"]["validSince"] = str(int(time.time()) + 1)
    assert "revoked" in refusal(token, at_once=True)
    google.accounts["person-1"] = {"localId": "person-1", "disabled": True}
    assert "disabled" in refusal(token, at_once=True)
    google.accounts.clear()
    assert "doesn't exist any more" in refusal(token, at_once=True)
    assert "doesn't exist any more" in refusal(token), "What was learnt counts for every step."


def test_every_step_asks_once_in_a_while_whether_the_sign_in_still_stands(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.time())
    old, young = google.sign(claims(iat=now - 60)), google.sign(claims(iat=now - 30))
    google.accounts["person-1"] = {"localId": "person-1", "validSince": "0"}
    assert identity.verify(young).uid == "person-1"
    assert not looked_up(google), "A token says that its sign-in stood when it was issued."
    for _ in range(3):
        assert identity.verify(old).uid == "person-1"
    assert looked_up(google) == 1, "What the provider said is believed for a while."
    google.accounts["person-1"] = {"localId": "person-1", "validSince": str(now - 45)}
    monkeypatch.setattr(identity, "STANDING_SECONDS", 0.0)
    with pytest.raises(identity.Ended) as ended:
        identity.verify(old)
    assert (ended.value.uid, ended.value.issued_at.timestamp()) == ("person-1", now - 60)
    assert "revoked" in ended.value.sentence
    assert identity.verify(young).uid == "person-1", "It was issued after the others were revoked."
    google.accounts["person-1"] = {"localId": "person-1", "disabled": True}
    assert "disabled" in refusal(young)
    google.accounts.clear()
    assert "doesn't exist any more" in refusal(young)


def test_while_accounts_cannot_be_looked_up_what_was_last_said_counts_for_a_quarter_of_an_hour(
    google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = google.sign(claims(iat=int(time.time()) - 60))
    google.lookup_status = 403
    with pytest.raises(errors.Unavailable):
        identity.verify(token)
    google.lookup_status = 200
    google.accounts["person-1"] = {"localId": "person-1", "validSince": "0"}
    assert identity.verify(token).uid == "person-1"
    google.lookup_status = 403
    monkeypatch.setattr(identity, "STANDING_SECONDS", 0.0)
    assert identity.verify(token).uid == "person-1"
    with pytest.raises(errors.Unavailable):
        identity.verify(token, at_once=True)
    monkeypatch.setattr(identity, "STANDING_LATE", 0.0)
    with pytest.raises(errors.Unavailable):
        identity.verify(token)


def looked_up(google: Google) -> int:
    """How often an account was looked up."""
    return sum(one.endswith("accounts:lookup") for one in google.asked)


def test_where_accounts_cannot_be_looked_up_nothing_is_signed(google: Google) -> None:
    token = google.sign(claims())
    assert identity.verify(token).uid == "person-1"
    google.accounts["person-1"] = {"localId": "person-1"}
    google.lookup_status = 403
    with pytest.raises(errors.Unavailable):
        identity.verify(token, at_once=True)
    assert google.asked[-1].endswith("accounts:lookup")


def test_the_emulator_revokes_disables_and_forgets_people(identity: Emulator) -> None:
    from shared.google import identity as module

    uid = identity.sign_up("gone@demo.example")
    token = identity.sign_in("gone@demo.example")
    assert module.verify(token, at_once=True).uid == uid
    identity.update(uid, validSince=str(int(time.time()) + 5))
    assert "revoked" in refusal(token, at_once=True)
    identity.update(uid, disableUser=True)
    assert "disabled" in refusal(token, at_once=True)
    identity.delete(uid)
    assert "doesn't exist any more" in refusal(token, at_once=True)
