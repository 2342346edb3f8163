"""Seals: signed, in a bucket with locked retention, written once, and compared with the chains; by the real gate and a real database."""

from __future__ import annotations

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

from shared.app import sealing
from shared.db.database import Database
from shared.db.server_errors import StatementFailed
from shared.domain.kernel import canonical, errors
from shared.domain.signing import seals
from shared.domain.signing.seals import Head
from shared.google import seal_bucket, seal_signers
from shared.outside import config
from tests.app.sealed import Sealed, cause, sealed
from tests.database import APPLICATION, Office, Server, acting
from tests.google_keys import KEY_ID, Google
from tests.storage import ROOT

__all__ = ["sealed"]
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shared.db.transaction import Transaction

    Beside = Callable[..., None]


NOTHING_DONE = [{"sealed": 0}]


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
