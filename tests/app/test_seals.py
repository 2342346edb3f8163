"""Seals: signed, in a bucket with locked retention, written once, and compared with the chains; by the real gate and a real database."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from google.api_core.exceptions import Forbidden, PreconditionFailed

from infra import record_restore
from shared.app import sealed_trail, sealing
from shared.db import database as connected
from shared.db.database import Database
from shared.db.server_errors import StatementFailed
from shared.domain.kernel import canonical, errors
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint, Head
from shared.google import seal_bucket, seal_signers
from shared.outside import config
from tests.database import APPLICATION, Office, Server, acting, copy_of
from tests.google_keys import KEY_ID, Google
from tests.storage import ROOT, Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from shared.answers.audit_trail import Verdict
    from shared.app.run import Opening
    from shared.db.transaction import Transaction

    Beside = Callable[..., None]
NOTHING_DONE = [{"sealed": 0}]


class Sealed(Office):
    """An office whose trail is sealed."""

    def seals(self) -> dict[str, int]:
        """What one run of the job does here."""
        return sealing.seal(partial(self.database.transaction, role="qfacts_job", settings=acting(self.id)), self.id)

    def verdict(self) -> dict[str, Any]:
        """The whole verdict."""
        return dict(verified(partial(self.database.transaction, role=APPLICATION, settings=acting(self.id, self.person)), self.id))

    def checkpoint(self, number: int) -> Checkpoint:
        """What lies in the bucket."""
        return seal_bucket.fetch(self.id, number).checkpoint

    def last(self, superuser: Any) -> int | None:
        """What the database remembers."""
        rows = superuser.run("select number from seals where organisation_id = :id", id=self.id)
        return rows[0][0] if rows else None

    def cuts(self, beside: Beside, links: int = 1) -> None:
        """The newest links with their entries and rows are gone, as if they had never been."""
        for _ in range(links):
            newest = "(select xid from audit_links where chain = :c order by xid desc limit 1)"
            beside(f"delete from records where id in (select record_id from audit_entries where chain = :c and xid = {newest})", c=self.id)
            beside(f"delete from audit_entries where chain = :c and xid = {newest}", c=self.id)
            beside(f"delete from audit_links where chain = :c and xid = {newest}", c=self.id)


def verified(opened: Opening, organisation_id: UUID) -> Verdict:
    """The verdict on an organisation's audit trail, as the function gives it."""
    with opened() as tx:
        found = sealed_trail.read(tx, organisation_id, opened)
    return sealed_trail.judge(found)


def killed(office: Office) -> None:
    """A run of the job that ends after the object is written, and before the row that notes it."""
    opened = 0

    @contextmanager
    def opening() -> Iterator[Transaction]:
        nonlocal opened
        opened += 1
        if opened == 3:  # the state, the standing, the note
            raise KeyboardInterrupt
        with office.database.transaction(role="qfacts_job", settings=acting(office.id)) as tx:
            yield tx

    with pytest.raises(KeyboardInterrupt):
        sealing.seal(opening, office.id)


KILLED = """
import os, signal, sys
from functools import partial
from uuid import UUID
from shared.app import sealing
from shared.db.database import Database
from shared.queries import seals

seals.remember = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # after the object, before the row
database = Database.on_socket(sys.argv[1], sys.argv[2])
sealing.seal(partial(database.transaction, role="qfacts_job", settings={"app.organisation_id": sys.argv[3]}), UUID(sys.argv[3]))
"""


@pytest.fixture
def sealed(database: Database, storage: Storage) -> Sealed:
    return Sealed(database)


def cause(verdict: dict[str, Any]) -> tuple[str, int | None] | None:
    broken = verdict["first_broken"]
    return None if broken is None else (broken["cause"], broken["seal"])


@pytest.mark.clause("11.10(c)")
def test_a_seal_holds_the_heads_of_the_chains_and_is_signed(sealed: Sealed, superuser: Any) -> None:
    sealed.record()
    assert sealed.seals() == {"sealed": 1, "adopted": 0}
    one = sealed.checkpoint(1)
    links = superuser.run(
        "select distinct on (lane) lane, sequence, encode(digest, 'hex') from audit_links where chain = :c order by lane, sequence desc",
        c=sealed.id,
    )
    assert one.heads == tuple(Head(*link) for link in links)
    [(sequence, digest)] = superuser.run("select sequence, encode(digest, 'hex') from audit_links where chain = :p", p=sealed.person)
    assert one.people == (Head(0, sequence, digest, sealed.person),)
    assert (one.number, one.entries, one.previous, one.kind) == (1, 3, seals.NOTHING, seals.SEALED)
    sealed.record("SOP-2")
    assert sealed.seals()["sealed"] == 1
    two = sealed.checkpoint(2)
    assert (two.number, two.entries, two.previous, two.people, two.people_in) == (2, 4, one.sha256, (), 1)
    verdict = sealed.verdict()
    assert verdict == {
        "intact": True,
        "entries": 5,
        "first_broken": None,
        "sealed": {"checkpoints": 2, "last_at": canonical.plain(two.at), "intact": True, "restores": []},
    }


def test_where_nothing_moved_nothing_is_sealed(sealed: Sealed, superuser: Any) -> None:
    sealed.seals()
    before = superuser.run("select * from seals")
    assert [sealed.seals() for _ in range(3)] == NOTHING_DONE * 3
    assert superuser.run("select * from seals") == before
    assert seal_bucket.numbers(sealed.id, 1) == [1]


def test_a_person_who_moves_is_sealed_with_the_organisation(sealed: Sealed, beside: Beside) -> None:
    sealed.seals()
    sealed.does("update people set name = 'Anna' where id = :p", p=sealed.person)
    assert sealed.seals()["sealed"] == 1
    assert (sealed.checkpoint(2).people_in, len(sealed.checkpoint(2).people)) == (2, 1)
    beside("delete from audit_entries where chain = :p and operation = 'update'", p=sealed.person)
    beside("delete from audit_links where chain = :p and sequence = 2", p=sealed.person)
    beside("update people set name = 'Ann' where id = :p", p=sealed.person)
    assert sealed.verifies()["intact"], "the chain alone doesn't show it"
    assert cause(sealed.verdict()) == ("cut off", 2)


def test_ten_runs_at_once_write_one_seal(sealed: Sealed, server: Server, database_name: str) -> None:
    sealed.record()
    many = Database.on_socket(server.socket, database_name, size=10)

    def run(_: int) -> dict[str, int]:
        return sealing.seal(partial(many.transaction, role="qfacts_job", settings=acting(sealed.id)), sealed.id)

    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(run, range(10)))
    many.close()
    assert sum(one["sealed"] for one in done) == 1
    assert seal_bucket.numbers(sealed.id, 1) == [1]
    assert sealed.seals() == {"sealed": 0}


def test_a_run_that_was_killed_after_writing_loses_nothing(sealed: Sealed, superuser: Any) -> None:
    """The object is there and the row isn't: the next run adopts it."""
    for number in range(3):
        sealed.record(f"SOP-{number}")
        killed(sealed)
        assert sealed.last(superuser) == (number or None)
        assert sealed.verdict()["intact"], "what lies in the bucket holds already"
        assert sealed.seals() == {"sealed": 0, "adopted": 1}
        assert sealed.last(superuser) == number + 1
    sealed.record("SOP-3")
    killed(sealed)
    sealed.record("SOP-4")
    assert sealed.seals() == {"sealed": 1, "adopted": 1}
    assert [sealed.checkpoint(number).entries for number in range(1, 6)] == [3, 4, 5, 6, 7]
    assert sealed.verdict()["sealed"]["checkpoints"] == 5


def test_a_process_that_is_killed_in_the_middle_leaves_what_the_next_run_finds(
    sealed: Sealed, server: Server, database_name: str, superuser: Any
) -> None:
    sealed.record()
    command = [sys.executable, "-c", KILLED, server.socket, database_name, str(sealed.id)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (seal_bucket.numbers(sealed.id, 1), sealed.last(superuser)) == ([1], None)
    assert [sealed.seals(), sealed.seals()] == [{"sealed": 0, "adopted": 1}, {"sealed": 0}]
    assert (sealed.last(superuser), sealed.verdict()["intact"]) == (1, True)


@pytest.mark.clause("11.10(c)")
@pytest.mark.parametrize("written_since", [False, True])
def test_a_cut_tail_is_named_with_its_seal_and_never_sealed_over(
    sealed: Sealed, beside: Beside, capsys: pytest.CaptureFixture[str], *, written_since: bool
) -> None:
    sealed.record()
    sealed.seals()
    sealed.record("SOP-2")
    sealed.seals()
    sealed.cuts(beside)
    if written_since:
        for number in range(20):
            sealed.record(f"SOP-3-{number}")
    assert sealed.verifies()["intact"], "the chain alone doesn't show it"
    capsys.readouterr()
    assert [sealed.seals() for _ in range(2)] == [{"sealed": 0, "contradicted": 1}] * 2
    assert '"severity": "ERROR"' in capsys.readouterr().out
    assert seal_bucket.numbers(sealed.id, 1) == [1, 2]
    verdict = sealed.verdict()
    assert (verdict["intact"], verdict["sealed"]["intact"]) == (False, False)
    assert cause(verdict) in {("cut off", 2), ("rewritten", 2)}


@pytest.mark.parametrize(
    "memory", ["delete from seals", "update seals set number = 1", "update seals set number = 7", "update seals set heads = '[]'"]
)
def test_what_the_database_remembers_is_never_believed(sealed: Sealed, beside: Beside, memory: str) -> None:
    for number in range(3):
        sealed.record(f"SOP-{number}")
        sealed.seals()
    beside(memory)
    whole = sealed.verdict()
    assert whole["intact"] == ("7" not in memory)
    sealed.cuts(beside)
    assert not sealed.verdict()["intact"]
    assert sealed.seals().get("contradicted") == 1
    assert seal_bucket.numbers(sealed.id, 1) == [1, 2, 3]


def test_a_lost_memory_is_found_again_in_the_bucket(sealed: Sealed, beside: Beside, superuser: Any) -> None:
    for number in range(13):
        sealed.record(f"SOP-{number}")
        sealed.seals()
    beside("delete from seals")
    assert sealed.seals() == {"sealed": 0, "adopted": 10}
    assert sealed.seals() == {"sealed": 0, "adopted": 3}
    assert (sealed.last(superuser), sealed.verdict()["intact"]) == (13, True)


def test_a_rewritten_chain_is_found_by_the_seals_alone(sealed: Sealed, beside: Beside) -> None:
    record = sealed.record()
    sealed.seals()
    beside("update audit_entries set reason = 'Nothing to see' where record_id = :r", r=record)
    beside("update audit_entries e set digest = audit_entry_digest(e) where record_id = :r", r=record)
    beside(
        "update audit_links l set digest = audit_link_digest(l.previous, l.chain, l.lane, l.sequence, l.xid, l.entries, e.digest)"
        " from audit_entries e where e.record_id = :r and l.chain = e.chain and l.xid = e.xid",
        r=record,
    )
    assert sealed.verifies()["intact"]
    assert cause(sealed.verdict()) == ("rewritten", 1)


@pytest.mark.clause("Annex 11 §16")
def test_a_restore_stops_the_sealing_until_it_is_recorded(sealed: Sealed, server: Server, database_name: str) -> None:
    sealed.record()
    sealed.seals()
    with as_it_is_now(sealed, server, database_name) as restored:
        for number in range(3):
            sealed.record(f"SOP-1-{number}")
            sealed.seals()
        old = sealed.database
        sealed.database = restored
        found = cause(sealed.verdict())
        assert found is not None
        assert found[0] == "cut off"
        for number in range(2):
            sealed.record(f"SOP-2-{number}")
        assert sealed.seals() == {"sealed": 0, "contradicted": 1}
        with pytest.raises(BadSeal, match="why"):
            record_restore.record(restored, sealed.id, reason=" ", by="Ann")
        made = record_restore.record(restored, sealed.id, reason="The disk was lost", by="Ann Smith")
        assert made is not None
        assert (made.number, made.continues, made.entries, made.kind) == (5, 1, 5, seals.RESTORED)
        verdict = sealed.verdict()
        told = {"seal": 5, "at": canonical.plain(made.at), "by": "Ann Smith", "reason": "The disk was lost", "continues": 1}
        assert (verdict["intact"], verdict["sealed"]["restores"]) == (True, [told])
        sealed.record("SOP-3")
        assert sealed.seals() == {"sealed": 1, "adopted": 0}
        assert sealed.checkpoint(6).restores == (5,)
        assert sealed.verdict()["sealed"]["restores"] == [told], "every later verdict shows it"
        sealed.database = old
        assert not sealed.verdict()["intact"], "the database that was left is no longer the one"


@contextmanager
def as_it_is_now(office: Office, server: Server, name: str) -> Iterator[Database]:
    """The database as a backup of this moment would bring it back."""
    office.database.close()
    with copy_of(server, name) as copied:
        database = Database.on_socket(server.socket, copied)
        yield database
        database.close()


def test_a_restore_of_what_was_never_sealed_records_nothing(sealed: Sealed) -> None:
    assert record_restore.record(sealed.database, sealed.id, reason="Moved", by="Ann") is None


def test_the_command_records_it_for_every_organisation(
    sealed: Sealed, server: Server, database_name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Sealed(sealed.database)
    for one in (sealed, other):
        one.seals()
    monkeypatch.setattr(connected, "_current", sealed.database)
    assert record_restore.main(["--reason", "Moved to a new server", "--by", "Ann Smith"]) == 0
    said = capsys.readouterr().out
    assert all(f"{one.id}: recorded in seal 2, which continues seal 1." in said for one in (sealed, other))
    assert all(one.verdict()["intact"] for one in (sealed, other))


@pytest.mark.clause("11.10(c)")
def test_a_seal_can_neither_be_replaced_nor_removed(sealed: Sealed) -> None:
    sealed.seals()
    blob = seal_bucket._bucket().blob(seals.name(sealed.id, 1))
    content = blob.download_as_bytes()
    with pytest.raises(Forbidden, match="retention"):
        blob.upload_from_string(b"{}", retry=None)
    with pytest.raises(PreconditionFailed):
        blob.upload_from_string(b"{}", if_generation_match=0, retry=None)
    with pytest.raises(Forbidden, match="retention"):
        blob.delete(retry=None)
    assert blob.download_as_bytes() == content


@pytest.mark.parametrize("forgery", ["signature", "heads", "another", "nonsense", "gap"])
def test_a_forged_seal_in_the_bucket_is_named_and_stops_the_sealing(sealed: Sealed, forgery: str) -> None:
    sealed.seals()
    sealed.record()
    one = seal_bucket.fetch(sealed.id, 1)
    now = seals.Standing(one.checkpoint.heads, one.checkpoint.people)
    made = seal_bucket.signed(seals.following(one.checkpoint, sealed.id, now, 1, at=one.checkpoint.at))
    place = seals.name(sealed.id, 3 if forgery == "gap" else 2)
    document = json.loads(made.written())
    if forgery == "heads":
        document["checkpoint"]["heads"] = []
    if forgery == "signature":
        document["signature"] = one.written().decode().split('"signature":"')[1][:-2]
    content = {"another": one.written(), "nonsense": b"\xff"}.get(forgery, json.dumps(document).encode())
    seal_bucket._bucket().blob(place).upload_from_string(content, if_generation_match=0)
    assert cause(sealed.verdict()) == (("seal missing" if forgery == "gap" else "seal altered"), 2)
    if forgery != "gap":
        assert sealed.seals()["contradicted"] == 1


def test_one_organisations_seals_are_not_anothers(sealed: Sealed) -> None:
    sealed.seals()
    other = Sealed(sealed.database)
    assert other.verdict()["sealed"] == {"checkpoints": 0, "last_at": None, "intact": True, "restores": []}
    assert other.reads(lambda tx: tx.rows("select 1 from seals")) == []


@pytest.mark.parametrize("role", [APPLICATION, "qfacts_directory"])
def test_only_jobs_write_what_is_remembered(sealed: Sealed, role: str) -> None:
    with pytest.raises(StatementFailed, match="42501"), sealed.database.transaction(role=role, settings=acting(sealed.id)) as tx:
        tx.rows("update seals set number = 1")


def test_out_of_reach_is_a_503_and_never_intact(sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed.seals()
    monkeypatch.setenv("QFACTS_SEAL_BUCKET", "nowhere")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    monkeypatch.setattr(seal_bucket, "RETRY_LIMIT", 0.2)
    config.current.cache_clear()
    with pytest.raises(errors.Unavailable, match="out of reach"):
        sealed.verdict()
    sealed.record()
    with pytest.raises(errors.Unavailable):
        sealed.seals()


def test_in_the_cloud_iam_signs_and_publishes_the_certificate(google: Google, monkeypatch: pytest.MonkeyPatch) -> None:
    from google.oauth2.credentials import Credentials

    account = "seals@qfacts-signed.iam.gserviceaccount.com"
    monkeypatch.setenv("QFACTS_SEAL_SIGNER", account)
    monkeypatch.delenv("QFACTS_SEAL_KEY", raising=False)
    own = Credentials("of-the-metadata-server")  # type: ignore[no-untyped-call]  # google-auth is typed in parts
    monkeypatch.setattr("google.auth.default", lambda **_: (own, None))
    monkeypatch.setattr(seal_signers, "SIGN_ADDRESS", f"{google.url}/v1/projects/-/serviceAccounts/{{}}:signBlob")
    monkeypatch.setattr(seal_signers, "CERTIFICATES_ADDRESS", f"{google.url}/x509/{{}}")
    config.current.cache_clear()
    key, signature = seal_signers.sign(b"what is sealed")
    pem = seal_signers.certificate(key)
    assert key == KEY_ID
    assert seal_signers.holds(pem, b"what is sealed", signature)
    assert not seal_signers.holds(pem, b"what is Sealed", signature)
    assert google.asked == [f"/v1/projects/-/serviceAccounts/{account}:signBlob", f"/x509/{account}"]
    google.status = 503
    with pytest.raises(errors.Unavailable):
        seal_signers.sign(b"x")
