"""The bucket of seals: objects are added and read; until their retention ends nobody, not even the owner, can alter or delete them.

No transaction waits for these calls; each is short and refuses rather than waits, because a run has many of them.
"""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.signing import seals
from shared.domain.signing.seals import BadSeal, Checkpoint, MissingSeal, Seal
from shared.google import reach, seal_signers
from shared.outside import config
from shared.outside.imports import importing

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Bucket

TIME_LIMIT: Final = (2, 4)  # seconds: to connect, between two bytes
RETRY_LIMIT: Final = 4.0  # seconds in which a call is tried again
LISTING_LIMIT: Final = 8.0  # seconds for a list of names
MOST_BYTES: Final = 32 * 1024 * 1024  # of one object; ours are far smaller

SEALS: Final = reach.Service("The seals are", retry_after=5)

_certificates: dict[tuple[str, str], str] = {}


def is_there() -> bool:
    """Whether this process has a bucket of seals; in the cloud and on one machine it always has."""
    return bool(config.current().seal_bucket)


def signed(checkpoint: Checkpoint) -> Seal:
    """The checkpoint signed with the key of the seals."""
    key, signature = seal_signers.sign(checkpoint.message())
    return Seal(checkpoint, key, signature)


def keep(seal: Seal) -> bool:
    """Add the certificate of the key, then the seal; False if an object of that number exists already, whatever it holds."""
    certificate = seals.certificate_name(seal.key)
    known = (config.current().seal_bucket, seal.key)
    if known not in _certificates:
        _add(certificate, seal_signers.certificate(seal.key).encode("ascii"), "application/x-pem-file")
        certificate_of(seal.key)
    return _add(seal.checkpoint.name, seal.written(), "application/json")


def fetch(organisation_id: UUID, number: int) -> Seal:
    """The seal of that number; raises BadSeal if it is missing, malformed, another one's, or not signed by our key."""
    content = _content(seals.name(organisation_id, number))
    if content is None:
        raise MissingSeal(f"Seal {number} is missing.", number)
    try:
        return _proven(seals.parse(content), organisation_id, number)
    except BadSeal as fault:
        raise BadSeal(f"Seal {number}: {fault}", number) from None


def _proven(seal: Seal, organisation_id: UUID, number: int) -> Seal:
    if (seal.checkpoint.organisation_id, seal.checkpoint.number) != (organisation_id, number):
        raise BadSeal("It is another seal under this one's name.")
    if not seal_signers.holds(certificate_of(seal.key), seal.checkpoint.message(), seal.signature):
        raise BadSeal("Its signature doesn't hold.")
    return seal


def certificate_of(key: str) -> str:
    """The certificate stored with the seals, as PEM; raises BadSeal if it is missing."""
    known = (config.current().seal_bucket, key)
    if known not in _certificates:
        content = _content(seals.certificate_name(key))
        if content is None:
            raise BadSeal("The certificate of its key is missing.")
        _certificates[known] = content.decode("ascii", "replace")
    return _certificates[known]


def numbers(organisation_id: UUID, first: int) -> list[int]:
    """The numbers of the organisation's seals from `first` on, in order."""
    until, prefix = time.monotonic() + LISTING_LIMIT, seals.name(organisation_id, first).rpartition("/")[0] + "/"
    found = []
    with _calls():
        names = _bucket().list_blobs(
            prefix=prefix,
            start_offset=seals.name(organisation_id, first),
            fields="items(name),nextPageToken",
            timeout=TIME_LIMIT,
            retry=_retry(),
        )
        for blob in names:
            found.append(seals.number_of(blob.name))
            if time.monotonic() > until:
                raise errors.Unavailable(
                    Sentence("seals_listed_too_slowly", "Listing the seals takes too long. Try again in a minute."), retry_after=60
                )
    return found


def _add(name: str, content: bytes, media_type: str) -> bool:
    with importing():
        from google.api_core.exceptions import PreconditionFailed

    with _calls():
        try:
            _bucket().blob(name).upload_from_string(
                content, content_type=media_type, if_generation_match=0, timeout=TIME_LIMIT, retry=_retry()
            )
        except PreconditionFailed:
            return False
    return True


def _content(name: str) -> bytes | None:
    with importing():
        from google.api_core.exceptions import NotFound

    with _calls():
        try:
            content: bytes = _bucket().blob(name).download_as_bytes(end=MOST_BYTES, timeout=TIME_LIMIT, retry=_retry())
        except NotFound:
            return None
    return content


def _bucket() -> Bucket:
    name = config.current().seal_bucket
    if not name:
        raise errors.Unavailable(Sentence("no_seal_bucket", "No bucket of seals is configured (QFACTS_SEAL_BUCKET)."), retry_after=60)
    return reach.bucket(name)


def _retry() -> Retry:
    return reach.retry(RETRY_LIMIT)


def _calls() -> AbstractContextManager[None]:
    """An audit trail is never called intact while its seals are out of reach."""
    return reach.storage_calls(SEALS)
