"""Files over real sockets: the real google-cloud-storage client, the gate that checks signatures, fake-gcs-server."""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.domain.files import files as domain
from shared.domain.kernel import errors
from shared.domain.kernel.values import replace
from shared.google import files
from shared.outside import config
from shared.outside.foreign import plain
from tests import contents
from tests.storage import Storage

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PDF = "application/pdf"


@dataclass(frozen=True)
class Upload:
    """One upload as a browser does it, each with an id of its own."""

    content: bytes
    filename: str = "sop.pdf"
    media_type: str = PDF
    organisation_id: UUID = field(default_factory=uuid4)
    id: UUID = field(default_factory=uuid4)

    def file(self) -> domain.File:
        """As it was announced."""
        return domain.start(
            organisation_id=self.organisation_id,
            id=self.id,
            filename=self.filename,
            media_type=self.media_type,
            size=len(self.content),
            sha256=hashlib.sha256(self.content).hexdigest(),
            by=uuid4(),
            at=AT,
        )

    def put(self) -> int:
        """The status of sending the bytes."""
        url, headers = files.upload_url(self.organisation_id, self.id, self.media_type, len(self.content))
        return send("PUT", url, self.content, headers)[0]

    def prove(self) -> domain.Proof:
        """What the uploaded bytes are."""
        assert self.put() == 200
        return files.prove(self.file())

    def finish(self) -> domain.Proof:
        """Uploaded, proven, judged and kept."""
        proof = self.prove()
        domain.finish(self.file(), proof, AT)
        files.keep(self.organisation_id, self.id, proof)
        return proof

    def refusal(self) -> str:
        """The sentence with which finishing is refused."""
        with pytest.raises(errors.Invalid) as refused:
            domain.finish(self.file(), self.prove(), AT)
        return refused.value.sentence


def send(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    """Status, content and headers (names in lower case) of one request."""
    request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310 - an address of our own
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - the same
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(), dict(refused.headers)


@pytest.mark.parametrize(
    ("content", "filename", "media_type"),
    [
        (contents.pdf(), "Reiniging – tank 7.pdf", PDF),
        (contents.docx("Cleaning of tank 7"), "sop.docx", contents.DOCX),
        (contents.odt("Cleaning of tank 7"), "sop.odt", contents.ODT),
        ("naam;waarde\nCleaning of tank 7;é\n".encode("cp1252"), "list.csv", "text/csv"),
        (b"Cleaning of tank 7" + bytes(range(128, 256)) * 10_000, "long.txt", "text/plain"),
    ],
)
def test_a_file_comes_back_byte_for_byte_under_its_own_name(storage: Storage, content: bytes, filename: str, media_type: str) -> None:
    upload = Upload(content, filename, media_type)
    proof = upload.finish()
    assert (proof.size, proof.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert "Cleaning of tank 7" in proof.text
    url = files.download_url(upload.organisation_id, proof.sha256, filename, media_type)
    assert url.startswith(storage.url)
    status, received, headers = send("GET", url, None, {})
    assert (status, received) == (200, content)
    assert headers["content-disposition"] == domain.disposition(filename)
    assert headers["content-type"] == media_type


def test_a_word_documents_text_has_its_lines_and_tables(storage: Storage) -> None:
    proof = Upload(contents.docx("First", "Second & third"), "a.docx", contents.DOCX).prove()
    assert proof.text.splitlines()[:2] == ["First", "Second & third"]
    assert "Detergent" in proof.text
    assert "2 %" in proof.text
    assert storage.port


def test_the_same_content_twice_is_kept_once(storage: Storage) -> None:
    first = Upload(contents.pdf("twice"))
    second = Upload(first.content, organisation_id=first.organisation_id)
    first.finish()
    kept = blob_of(first)
    assert second.finish().sha256 == domain_sha(first)
    files.keep(second.organisation_id, second.id, files.prove(second.file()))
    assert blob_of(first).generation == kept.generation, "What is kept is never written again."
    for each in (first, second):
        files.discard_upload(each.organisation_id, each.id)
        files.discard_upload(each.organisation_id, each.id)
    url = files.download_url(first.organisation_id, domain_sha(first), "a.pdf", PDF)
    assert send("GET", url, None, {})[1] == first.content
    assert storage.port


def blob_of(upload: Upload) -> Any:
    """The kept object, as Cloud Storage knows it."""
    return files._bucket().get_blob(f"blobs/{upload.organisation_id}/{domain_sha(upload)}")


def test_a_virus_is_seen_where_two_reads_meet() -> None:
    pieces = [b"x" * 100 + contents.VIRUS[:30], *(bytes([letter]) for letter in contents.VIRUS[30:])]
    assert plain.holds_virus(iter(pieces))


def domain_sha(upload: Upload) -> str:
    return hashlib.sha256(upload.content).hexdigest()


def test_what_one_organisation_keeps_another_has_not(storage: Storage) -> None:
    ours = Upload(contents.pdf("ours"))
    ours.finish()
    url = files.download_url(uuid4(), domain_sha(ours), "a.pdf", PDF)
    assert send("GET", url, None, {})[0] == 404
    assert files.prove(replace(ours.file(), organisation_id=uuid4())) == domain.NOTHING
    assert storage.port


def test_finishing_before_uploading_says_so(storage: Storage) -> None:
    upload = Upload(contents.pdf())
    with pytest.raises(errors.Conflict) as refused:
        domain.finish(upload.file(), files.prove(upload.file()), AT)
    assert "Nothing has been uploaded" in refused.value.sentence
    with pytest.raises(errors.Conflict):
        files.keep(uuid4(), uuid4(), domain.Proof(1, "a" * 64, 1, PDF, (), ""))
    assert storage.port


def test_a_step_that_is_repeated_after_a_failed_commit_succeeds(storage: Storage) -> None:
    upload = Upload(contents.pdf("again"))
    assert upload.finish() == files.prove(upload.file())
    files.keep(upload.organisation_id, upload.id, files.prove(upload.file()))
    assert storage.port


def test_an_upload_replaced_after_it_was_proven_is_not_kept(storage: Storage) -> None:
    upload = Upload(contents.pdf("honest"))
    proof = upload.prove()
    files.discard_upload(upload.organisation_id, upload.id)
    swapped = Upload(contents.pdf("nastie"), organisation_id=upload.organisation_id, id=upload.id)
    assert swapped.put() == 200
    with pytest.raises(errors.Conflict) as refused:
        files.keep(upload.organisation_id, upload.id, proof)
    assert "replaced" in refused.value.sentence
    assert storage.port


@pytest.mark.parametrize(
    ("content", "filename", "media_type", "said"),
    [
        (contents.VIRUS, "a.txt", "text/plain", "EICAR"),
        (b"x" * 70_000 + contents.VIRUS, "a.txt", "text/plain", "EICAR"),
        (contents.package(contents.word_package(word__a_txt=contents.VIRUS)), "a.docx", contents.DOCX, "EICAR"),
        (contents.bomb(), "a.docx", contents.DOCX, "zip bomb"),
        (contents.encrypted(), "a.docx", contents.DOCX, "password"),
        (contents.locked_pdf(), "a.pdf", PDF, "password"),
        (contents.package(contents.word_package(word__vbaProject_bin=b"x")), "a.docx", contents.DOCX, "macros"),
        (b"PK\x03\x04" + b"x" * 100, "a.docx", contents.DOCX, "damaged"),
        (b"<!doctype html><script>alert(1)</script>", "a.pdf", PDF, "looks like text/html"),
        (b"<html><body>%PDF-1.7", "a.txt", "text/plain", "looks like text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png", "image/png", "image/svg"),
        (contents.package({"a.exe": b"MZ"}), "a.docx", contents.DOCX, "application/zip"),
        (contents.docx(), "a.xlsx", contents.XLSX, "wordprocessingml"),
        (contents.pdf(), "a.png", "image/png", "looks like application/pdf"),
        (b"\x00\x01\x02", "a.txt", "text/plain", "isn't recognised"),
        (b"caf\x00e", "a.csv", "text/csv", "isn't recognised"),
    ],
)
def test_content_that_is_not_what_its_name_says_is_refused(
    storage: Storage, content: bytes, filename: str, media_type: str, said: str
) -> None:
    assert said in Upload(content, filename, media_type).refusal()
    assert storage.port


def test_size_and_hash_are_counted_and_never_believed(storage: Storage) -> None:
    upload = Upload(contents.pdf())
    proof = upload.prove()
    other = Upload(contents.pdf("Cleaning of tank 8"))
    with pytest.raises(errors.Invalid, match="SHA-256 differs"):
        domain.finish(other.file(), proof, AT)
    with pytest.raises(errors.Invalid, match="bytes were uploaded"):
        domain.finish(Upload(upload.content + b"\n").file(), proof, AT)
    assert storage.port


def test_an_upload_takes_exactly_the_announced_bytes_once(storage: Storage) -> None:
    upload = Upload(contents.pdf())
    url, headers = files.upload_url(upload.organisation_id, upload.id, PDF, len(upload.content))
    assert send("PUT", url, upload.content + b"x", headers)[0] == 400
    assert send("PUT", url, upload.content[:-1], headers)[0] == 400
    assert send("PUT", url, upload.content, headers | {"content-type": "text/html"})[0] == 403
    assert send("PUT", url, upload.content, {"content-type": PDF})[0] == 400
    assert send("PUT", url, upload.content, headers)[0] == 200
    assert send("PUT", url, upload.content, headers)[0] == 412
    assert send("GET", url, None, headers)[0] == 403
    assert storage.port


def test_a_hash_that_is_no_hash_makes_no_address(storage: Storage) -> None:
    nasty_id: Any = "../../x"
    for nasty in ("../../x", "", "a" * 63, "A" * 64, "a" * 64 + "\n"):
        with pytest.raises(ValueError, match="SHA-256"):
            files.download_url(uuid4(), nasty, "a.pdf", PDF)
    with pytest.raises(ValueError, match="badly formed"):
        files.upload_url(nasty_id, uuid4(), PDF, 1)
    assert storage.port


def test_two_people_finishing_the_same_content_at_once_both_succeed(storage: Storage) -> None:
    first = Upload(contents.pdf("at once"))
    uploads = [first, *(Upload(first.content, organisation_id=first.organisation_id) for _ in range(7))]
    with ThreadPoolExecutor(8) as pool:
        assert len({proof.sha256 for proof in pool.map(Upload.finish, uploads)}) == 1
    assert storage.port


def test_a_storage_out_of_reach_is_a_503_in_good_time(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert storage.port
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("QFACTS_BUCKET", "nowhere")
    config.current.cache_clear()
    monkeypatch.setattr(files, "RETRY_LIMIT", 0.5)
    started = time.monotonic()
    with pytest.raises(errors.Unavailable):
        files.prove(Upload(contents.pdf()).file())
    assert time.monotonic() - started < 10


def test_memory_stays_bounded_while_a_large_upload_is_proven(storage: Storage) -> None:
    import tracemalloc

    upload = Upload(b"line of text\n" * 3_000_000, "large.txt", "text/plain")
    assert upload.put() == 200
    tracemalloc.start()
    proof = files.prove(upload.file())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert proof.size == 39_000_000
    assert peak < 30_000_000
    assert storage.port


def test_a_zip_says_nothing_it_is_not(storage: Storage) -> None:
    stored = contents.package(contents.word_package(), zipfile.ZIP_STORED)
    assert Upload(stored, "a.docx", contents.DOCX).finish().seen_as == contents.DOCX
    assert storage.port
