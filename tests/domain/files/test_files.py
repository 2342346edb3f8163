"""Which files are accepted, under which names, and what finishing an upload finds out."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.domain.files import dangers, file_types, files
from shared.domain.kernel import errors

ORGANISATION, FILE, PERSON = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHA256 = "a" * 64


def started(**more: Any) -> files.File:
    """An announced PDF of ten bytes."""
    usual: dict[str, Any] = {"filename": "sop.pdf", "media_type": "application/pdf", "size": 10, "sha256": SHA256}
    return files.start(organisation_id=ORGANISATION, id=FILE, by=PERSON, at=AT, **(usual | more))


def proof(**more: Any) -> files.Proof:
    usual: dict[str, Any] = {"size": 10, "sha256": SHA256, "generation": 1, "seen_as": "application/pdf", "dangers": (), "text": ""}
    return files.Proof(**(usual | more))


def test_a_file_is_announced_and_then_proven() -> None:
    file = started()
    assert (file.status, file.revision, file.finished_at) == (files.Status.STARTED, 0, None)
    done = files.finish(file, proof(), AT)
    assert (done.status, done.finished_at) == (files.Status.FINISHED, AT)
    with pytest.raises(errors.Conflict):
        files.finish(done, proof(), AT)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".pdf", "..", "a", "a.exe", "a.pdf.exe", "a.html", "a.svg", "a.docm", "a.", " a.pdf", "a.pdf ", ".a.pdf"),
        *("../../x", "../a.pdf", "a/b.pdf", "a\\b.pdf", "C:a.pdf", 'a"b.pdf', "a<b.pdf", "a|b.pdf", "a?.pdf", "a*.pdf"),
        *("a.pdf\r\nX:", "a\n.pdf", "a\x00.pdf", "a\x7f.pdf", "a\x85.pdf", "a\u2028.pdf", "a\u202efdp.pdf", "a\u2066.pdf"),
        *("\ufeffa.pdf", "a\u200b.pdf", "\ud800.pdf", "a\udfff.pdf", "\u200d.pdf", "CON.pdf", "com1.pdf", "lpt¹.pdf"),
        *("aux.b.pdf", "x" * 197 + ".pdf", "x" * 1_000_000 + ".pdf", " .pdf", "\u3000.pdf"),
    ],
)
def test_a_name_that_could_mislead_is_refused(name: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        started(filename=name)
    assert refused.value.field == "filename"
    refused.value.sentence.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("SOP 7 – reiniging (v2), Ångström & Zoë's.pdf", "SOP 7 – reiniging (v2), Ångström & Zoë's.pdf"),
        ("Prüfung.PDF", "Prüfung.PDF"),
        ("Pru\u0308fung.pdf", "Prüfung.pdf"),
        ("手順書.pdf", "手順書.pdf"),
        ("می‌خواهم.pdf", "می‌خواهم.pdf"),
        ("x" * 196 + ".pdf", "x" * 196 + ".pdf"),
        ("a.b.c.pdf", "a.b.c.pdf"),
        ("contract.pdf", "contract.pdf"),
    ],
)
def test_an_honest_name_is_kept(name: str, kept: str) -> None:
    assert started(filename=name).filename == kept


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"media_type": "text/html"}, "media_type"),
        ({"media_type": "image/svg+xml"}, "media_type"),
        ({"media_type": "application/pdf\r\nX: y"}, "media_type"),
        ({"media_type": "image/png"}, "media_type"),
        ({"filename": "a.txt"}, "media_type"),
        ({"size": 0}, "size"),
        ({"size": -1}, "size"),
        ({"size": files.SIZE_LIMIT + 1}, "size"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 63}, "sha256"),
        ({"sha256": "a" * 64 + "\n"}, "sha256"),
        ({"sha256": "../../x"}, "sha256"),
    ],
)
def test_what_cannot_be_is_refused_naming_the_field(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        started(**changed)
    assert refused.value.field == field


@pytest.mark.parametrize("kind", files.TYPES, ids=lambda kind: kind.extension)
def test_every_accepted_type_can_be_started_and_finished(kind: files.Type) -> None:
    file = started(filename=f"a.{kind.extension}", media_type=kind.media_type)
    assert files.finish(file, proof(seen_as=kind.seen_as), AT).status is files.Status.FINISHED


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"size": 9}, "9 bytes were uploaded"),
        ({"sha256": "b" * 64}, "SHA-256 differs"),
        ({"seen_as": "text/html"}, "looks like text/html"),
        ({"seen_as": ""}, "isn't recognised"),
        *(({"dangers": (danger,)}, sentence) for danger, sentence in dangers.DANGERS.items()),
    ],
)
def test_bytes_that_lie_are_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        files.finish(started(), proof(**changed), AT)
    assert said in refused.value.sentence


def test_the_browser_saves_under_the_true_name_and_nothing_escapes_the_header() -> None:
    assert files.disposition("sop 7.pdf") == "attachment; filename=\"sop 7.pdf\"; filename*=UTF-8''sop%207.pdf"
    assert files.disposition("Zoë.pdf") == "attachment; filename=\"Zoe.pdf\"; filename*=UTF-8''Zo%C3%AB.pdf"
    assert files.disposition("手順書.pdf").startswith('attachment; filename="file.pdf"; ')
    for nasty in ('a".pdf', "a\\.pdf", "a%22.pdf", "a;b.pdf", "a\r\nb.pdf"):
        plain = files.disposition(nasty).split("filename*")[0]
        assert plain.count('"') == 2
        assert not {"\\", "%", "\r", "\n"} & set(plain)
        assert plain.isascii()


@pytest.mark.parametrize(
    ("head", "text", "seen_as"),
    [
        (b"%PDF-1.7", False, "application/pdf"),
        (b"\n%PDF-1.7", True, "text/plain"),
        (b"<!DOCTYPE html><p>x", True, "text/html"),
        (b"\xef\xbb\xbf \n<HTML>", True, "text/html"),
        (b"<!-- %PDF-1.7 --><script>", True, "text/html"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', True, "image/svg+xml"),
        (b"<svg/onload=alert(1)>", True, "image/svg+xml"),
        (b"<?xml version='1.0'?><a/>", True, "application/xml"),
        (b"a < b; see <html>", True, "text/plain"),
        (b"\x89PNG\r\n\x1a\n", False, "image/png"),
        (b"\xff\xd8\xff\xe0", False, "image/jpeg"),
        (b"MZ\x90\x00", False, "application/vnd.microsoft.portable-executable"),
        (b"MZ-7;batch;2", True, "text/plain"),
        (b"\x00\x01\x02", False, ""),
        (b"#!/bin/sh", True, "text/x-script"),
    ],
)
def test_content_is_recognised_by_its_first_bytes(head: bytes, seen_as: str, *, text: bool) -> None:
    assert file_types.recognise(head, text=text, parts=None, mimetype="") == seen_as


def part(name: str, **more: Any) -> file_types.Part:
    return replace(file_types.Part(name, 100, 50, encrypted=False), **more)


@pytest.mark.parametrize(
    ("parts", "size", "found"),
    [
        ([part("word/document.xml")], 1_000, ()),
        ([part("a", size=file_types.UNPACKED_LIMIT + 1)], 10**7, ("bomb",)),
        ([part("a", size=5 * 1024 * 1024)], 10_000, ("bomb",)),
        ([part("a", size=5 * 1024 * 1024)], 100_000, ()),
        ([part("a", packed=600), part("b", packed=600)], 1_000, ("bomb",)),
        ([part(str(number), size=0, packed=0) for number in range(10_001)], 10**7, ("bomb",)),
        ([part("a", encrypted=True)], 1_000, ("encrypted",)),
        ([part("word/vbaProject.bin")], 1_000, ("macros",)),
        ([part("xl/activeX/activeX1.xml")], 1_000, ("macros",)),
        ([part("Basic/Standard/Module1.xml")], 1_000, ("macros",)),
        ([part("word/basic.xml")], 1_000, ()),
    ],
)
def test_a_packages_dangers_are_seen_in_its_table_of_contents(parts: list[file_types.Part], size: int, found: tuple[str, ...]) -> None:
    assert file_types.dangers(parts, size, b"") == found


def test_a_document_that_declares_macros_has_them() -> None:
    declared = b'ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"'
    assert file_types.dangers([part("word/document.xml")], 1_000, declared) == ("macros",)


@pytest.mark.parametrize(
    ("announced", "seen_as", "said"),
    [
        ("application/pdf", "image/png", "Upload it as .png with the type image/png."),
        ("application/pdf", "image/jpeg", "Upload it as .jpg with the type image/jpeg or .jpeg with the type image/jpeg."),
        ("text/plain", "application/xml", "Upload it as .xml with the type application/xml."),
        ("image/png", "text/plain", "Upload it as .txt with the type text/plain or .csv with the type text/csv."),
        ("application/pdf", "application/msword", "Save it as .docx, and upload that."),
        ("application/pdf", "text/html", "Save it as .pdf, and upload that."),
        ("application/pdf", "", "Accepted are .pdf, .docx, .xlsx"),
        ("application/pdf", "application/x-elf", "Accepted are .pdf, .docx, .xlsx"),
    ],
)
def test_a_refusal_says_which_type_to_give(announced: str, seen_as: str, said: str) -> None:
    kind = files.BY_MEDIA_TYPE[announced]
    with pytest.raises(errors.Invalid) as refused:
        files.finish(started(filename=f"a.{kind.extension}", media_type=announced), proof(seen_as=seen_as), AT)
    assert said in refused.value.sentence


def test_what_is_advised_instead_is_accepted() -> None:
    assert set(files.INSTEAD.values()) <= set(files.BY_EXTENSION)
    assert not set(files.INSTEAD) & {kind.seen_as for kind in files.TYPES}


@pytest.mark.parametrize("kind", files.TYPES, ids=lambda kind: kind.extension)
def test_evidence_is_never_a_documents_body(kind: files.Type) -> None:
    file = started(filename=f"a.{kind.extension}", media_type=kind.media_type)
    if kind.extension not in {"msg", "eml", "heic", "zip", "xml", "mp4"}:
        files.refuse_as_body(file, "content.file_id")
        return
    with pytest.raises(errors.Invalid, match=f"a.{kind.extension} can be evidence, but not the body of a document") as refused:
        files.refuse_as_body(file, "content.file_id")
    assert refused.value.field == "content.file_id"


def test_a_long_row_of_comments_is_looked_at_once() -> None:
    began = time.process_time()
    assert file_types.recognise(b"<!---->" * 100_000, text=True, parts=None, mimetype="") == "text/plain"
    assert file_types.recognise(b"<!---->" * 100_000 + b"<html>", text=True, parts=None, mimetype="") == "text/html"
    assert time.process_time() - began < 5
