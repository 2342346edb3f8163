"""What a file is, whether it is whole, and what it would do: judged as the readers of its format do, for every family accepted."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.files.dangers import DANGERS
from shared.domain.files.files import BY_EXTENSION, TYPES, Type
from shared.outside.foreign.judgement import Judgement
from tests import contents, evidence, families, hostile
from tests.contents import DOCX, ODT, VIRUS, XLSX
from tests.families import MSG, PPTX, WHOLE
from tests.hostile import PDF, stream
from tests.outside.foreign import PROGRAM, WORD, body, danger, docx, judged, opened

OLE = families.compound(Package=b"calc.exe")


def relation(kind: str, target: str) -> bytes:
    """A relation of the main part that leads out of the package."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"
    return f'<Relationships xmlns="r"><Relationship Id="a" Type="{kind}" Target="{target}" TargetMode="External"/></Relationships>'.encode()


def related(kind: str, target: str) -> bytes:
    return docx(word___rels__document_xml_rels=relation(kind, target))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.extension)
def test_a_whole_file_of_every_family_is_recognised_and_harmless(kind: Type) -> None:
    assert judged(WHOLE[kind.extension], kind.media_type) == Judgement(kind.seen_as, "")


@pytest.mark.parametrize("extension", [extension for extension in WHOLE if extension not in {"txt", "csv", "eml"}])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_that_was_cut_off_is_refused_whatever_its_family(extension: str, part: float) -> None:
    kind = BY_EXTENSION[extension]
    found = judged(WHOLE[extension][: int(len(WHOLE[extension]) * part)], kind.media_type)
    assert found.danger or found.seen_as != kind.seen_as


@pytest.mark.parametrize("extension", [extension for extension in WHOLE if extension not in {"txt", "csv", "eml", "xml"}])
def test_rubbish_after_the_first_bytes_is_refused_whatever_the_family(extension: str) -> None:
    kind = BY_EXTENSION[extension]
    found = judged(WHOLE[extension][:12] + bytes(range(256)) * 8, kind.media_type)
    assert found.danger or found.seen_as != kind.seen_as


def test_a_pdf_without_its_table_of_objects_is_damaged() -> None:
    assert danger(contents.pdf().replace(b"startxref", b"%%"), PDF) == "damaged"
    assert danger(contents.pdf() + bytes(20_000), PDF) == "damaged"


def test_a_picture_with_a_wrong_checksum_is_damaged() -> None:
    whole = bytearray(WHOLE["png"])
    whole[whole.index(b"IDAT") + 6] ^= 1
    assert danger(bytes(whole), "image/png") == "damaged"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"\xef\xbb\xbf" + contents.pdf(), PDF),
        (b"\r\n\r\n" + contents.pdf(), PDF),
        (hostile.pdf(header=b"x" * 900 + b"\n%PDF-1.4\n"), PDF),
        ("naam;waarde\r\nZoë;7\r\n".encode("utf-16"), "text/csv"),
        ("naam;waarde\r\n".encode("utf-16-le"), "text/csv"),
        ("時刻;値\r\n".encode("utf-16"), "text/plain"),
        ("a\n".encode("utf-32"), "text/plain"),
        (b"\x021H|\\^&|||Analyser^7\r\x03A5\r\n\x04\x06\n\x06\n", "text/plain"),
        (b"\x0bMSH|^~\\&|LAB\rOBX|1|NM|GLU||7\r\x1c\r", "text/plain"),
        (b"12:00 start\n\x07\x1b[1mALARM\x1b[0m\n" + bytes(2048), "text/plain"),
        ("Temperatur 21 °C\n".encode("cp437"), "text/plain"),
        (b"run 7\r\n\x1a", "text/plain"),
        (b"MZ-7;batch;2\n", "text/csv"),
    ],
)
def test_what_readers_of_its_format_take_is_taken(content: bytes, media_type: str) -> None:
    found = judged(content, media_type)
    assert found.danger == ""
    assert found.seen_as == ("text/plain" if media_type.startswith("text/") else media_type)


@pytest.mark.parametrize(
    ("content", "media_type", "seen_as"),
    [
        ("<html><script>".encode("utf-16"), "text/plain", "text/html"),
        (b"\xef\xbb\xbf <!-- a --><?x?><!-- b --> <SVG onload=a>", "text/plain", "image/svg+xml"),
        (b"<!-- %PDF-1.7 --><script>", PDF, "text/html"),
        (b"MZ\x90\x00%PDF-1.7", PDF, "application/vnd.microsoft.portable-executable"),
        (bytes(1100) + contents.pdf(), PDF, ""),
        (bytes(range(256)) * 4, "text/plain", ""),
        (b"\x01\x02\x03\x04\xff\xfe\xfd" * 9, "text/plain", ""),
        (b"abc\x00def", "text/csv", ""),
        (b"\xff\xfea", "text/plain", ""),
        (b"\xff\xfe\x00\xd8a\x00", "text/plain", ""),
        (families.compound(WordDocument=b"x"), DOCX, "application/msword"),
        (families.compound(Workbook=b"x"), XLSX, "application/vnd.ms-excel"),
        (families.XML, "text/plain", "application/xml"),
        (families.mail(), "text/plain", "text/plain"),
        (families.box(b"ftyp", b"qt  ") + families.box(b"moov"), "video/mp4", "video/quicktime"),
        (b"", "text/plain", ""),
        (bytes(64), "text/plain", ""),
    ],
)
def test_what_is_something_else_is_named_as_that(content: bytes, media_type: str, seen_as: str) -> None:
    assert judged(content, media_type).seen_as == seen_as


@pytest.mark.parametrize("media_type", [DOCX, XLSX, PPTX])
def test_an_office_document_under_a_password_is_told_as_one(media_type: str) -> None:
    assert danger(families.protected(), media_type) == "encrypted"


def test_every_other_password_is_told_too() -> None:
    manifest = b'<manifest:manifest xmlns:manifest="m"><manifest:encryption-data/></manifest:manifest>'
    parts = {"mimetype": ODT.encode(), "META-INF/manifest.xml": manifest, "content.xml": b"\x8f\x01"}
    assert danger(contents.package(parts), ODT) == "encrypted"
    assert danger(contents.locked_pdf(), PDF) == "encrypted"
    assert danger(contents.encrypted(), DOCX) == "encrypted"


FLATE = b"/Filter /FlateDecode"
WITH_VIRUS = {
    "in the open": (b"x" * 70_000 + VIRUS, "text/plain"),
    "in a PDF": (hostile.pdf(stream(VIRUS)), PDF),
    "packed in a PDF": (hostile.pdf(stream(zlib.compress(VIRUS), FLATE)), PDF),
    "packed without saying so": (hostile.pdf(stream(zlib.compress(VIRUS), b"/Filter /Fl#61teDecode")), PDF),
    "packed twice": (hostile.pdf(stream(zlib.compress(zlib.compress(VIRUS)), b"/Filter [/FlateDecode /FlateDecode]")), PDF),
    "written in letters": (hostile.pdf(stream(base64.a85encode(zlib.compress(VIRUS)) + b"~>", b"/Filter [/A85 /Fl]")), PDF),
    "written in digits": (hostile.pdf(stream(VIRUS.hex().encode() + b">", b"/Filter /ASCIIHexDecode")), PDF),
    "under a password that is none": (opened(hostile.pdf(stream(VIRUS), page=b"/Thumb 5 0 R")), PDF),
    "in a document's picture": (docx(word__media__image1_png=b"a" * 5_000 + VIRUS), DOCX),
    "in a chart's workbook": (docx(word__embeddings__a_xlsx=families.office(XLSX, xl__media__a_png=VIRUS * 9)), DOCX),
    "in an archive": (contents.package({"a.txt": b"a" * 999_990 + VIRUS}), "application/zip"),
    "in a mail": (families.mail(base64.encodebytes(b"x" * 100 + VIRUS)), "message/rfc822"),
    "in a mail's text": (families.mail(VIRUS.replace(b"O", b"=4F")), "message/rfc822"),
    "in a mail of Outlook": (families.message(b"x" * 480 + VIRUS), MSG),
}


@pytest.mark.parametrize("name", WITH_VIRUS)
def test_a_virus_is_found_however_it_is_packed(name: str) -> None:
    assert danger(*WITH_VIRUS[name]) == "virus"


@pytest.mark.parametrize(
    ("content", "media_type", "said"),
    [
        (docx(word__embeddings__oleObject1_bin=OLE), DOCX, "embedded"),
        (docx(word__media__image1_png=OLE), DOCX, "embedded"),
        (docx(word__media__image1_png=PROGRAM), DOCX, "embedded"),
        (docx(word__embeddings__a_pdf=contents.pdf()), DOCX, "embedded"),
        (docx(word__embeddings__a_zip=contents.package({"a.exe": PROGRAM})), DOCX, "embedded"),
        (docx(word__afchunk_mht=b"MIME-Version: 1.0"), DOCX, "embedded"),
        (docx(word__media__a_exe=b"not even a program"), DOCX, "embedded"),
        (docx(word__embeddings__a_xlsx=families.office(XLSX, xl__vbaProject_bin=b"x")), DOCX, "macros"),
        (families.office(PPTX, ppt__embeddings__oleObject1_bin=OLE), PPTX, "embedded"),
        (contents.package({"mimetype": ODT.encode(), "content.xml": b"<a/>", "Object 1": OLE}), ODT, "embedded"),
        (contents.package({"mimetype": ODT.encode(), "content.xml": b'<a href="vnd.sun.star.script:a"/>'}), ODT, "macros"),
        (related("attachedTemplate", "http://x.example/a.dotm"), DOCX, "linked"),
        (related("attachedTemplate", "file:///\\\\x.example\\a.dotm"), DOCX, "linked"),
        (related("oleObject", "file:///C:/a.xlsx"), DOCX, "linked"),
        (related("frame", "a.docx"), DOCX, "linked"),
        (related("image", "https://x.example/a.png"), DOCX, "linked"),
        (body("<w:p><w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText></w:p>"), DOCX, "active"),
        (body("<w:instrText>D</w:instrText><w:instrText>DE cmd</w:instrText>"), DOCX, "active"),
        (body('<w:fldSimple w:instr="DDE cmd x"/>'), DOCX, "active"),
        (families.office(XLSX, xl__externalLinks__externalLink1_xml=b'<externalLink xmlns="x"><ddeLink/></externalLink>'), XLSX, "active"),
        (docx(word__document_xml=b"<w:document"), DOCX, "damaged"),
        (docx(word__document_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), DOCX, "active"),
        (contents.package({"a/b.exe": PROGRAM}), "application/zip", "program"),
        (contents.package({"notes.txt": b"\x7fELF" + bytes(60)}), "application/zip", "program"),
        (families.mail(base64.encodebytes(PROGRAM)), "message/rfc822", "program"),
        (families.message(PROGRAM), MSG, "program"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><a/>', "application/xml", "active"),
        (b'<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><a/>', "application/xml", "active"),
        (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "application/xml", "active"),
        (b"<?xml version='1.0'?><a><s:script xmlns:s='http://www.w3.org/2000/svg'/></a>", "application/xml", "active"),
    ],
)
def test_what_a_file_brings_along_unseen_is_refused(content: bytes, media_type: str, said: str) -> None:
    assert danger(content, media_type) == said


def test_macros_are_refused_by_what_the_document_says_of_its_parts() -> None:
    types = '<Types xmlns="{}"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/{}" ContentType="{}"/></Types>'
    for part, kind in [
        ("word/document.xml", "application/vnd.ms-word.document.macroEnabled.main+xml"),
        ("word/a.xml", "application/vnd.ms-excel.intlmacrosheet+xml"),
        ("word/a.xml", "application/vnd.ms-office.activeX+xml"),
    ]:
        listed = types.format(families._TYPES, part, kind).encode()
        assert danger(contents.package(WORD(word__a_xml=b"<a/>") | {"[Content_Types].xml": listed}), DOCX) == "macros"


@pytest.mark.parametrize(
    "content",
    [
        contents.docx("by python-docx"),
        related("hyperlink", "https://x.example/"),
        related("attachedTemplate", "file:///C:/Users/a/Normal.dotm"),
        related("attachedTemplate", "file:///\\\\fileserver\\templates\\sop.dotx"),
        docx(word__media__image1_emf=b"\x01\x00\x00\x00", word__vmlDrawing1_vml=b"<xml/>"),
        docx(word__embeddings__a_xlsx=families.office(XLSX)),
        body("<w:p><w:instrText>PAGE \\\\* MERGEFORMAT</w:instrText></w:p>"),
    ],
)
def test_what_office_documents_usually_hold_is_taken(content: bytes) -> None:
    assert danger(content, DOCX) == ""


def test_no_more_is_read_of_a_zip_than_its_end_tells_of() -> None:
    whole = WHOLE["zip"]
    for place, value in ((10, 0), (10, 9), (12, 0xFFFF)):
        end = whole.rindex(b"PK\x05\x06")
        assert danger(whole[: end + place] + value.to_bytes(2, "little") + whole[end + place + 2 :], "application/zip")


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_happened_to_a_file_it_is_judged(data: st.DataObject) -> None:
    extension = data.draw(st.sampled_from(sorted(WHOLE)))
    content = bytearray(WHOLE[extension])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content)))
        end = place + data.draw(st.sampled_from([0, 1, 2, 4, 40]))
        content[place:end] = data.draw(st.binary(max_size=8))
    found = judged(bytes(content), BY_EXTENSION[extension].media_type)
    assert found.danger in {"", *DANGERS}
    assert judged(bytes(content), BY_EXTENSION[extension].media_type) == found


@pytest.mark.parametrize(("target", "found"), [("word/document.xml", ""), ("/word/document.xml", ""), ("word/real.xml", "unchecked")])
def test_a_package_that_shows_another_main_part_than_the_one_that_is_read_is_refused(target: str, found: str) -> None:
    real = b"<w:document xmlns:w='w'><w:body/></w:document>"
    parts = WORD() | {"_rels/.rels": evidence.relations(rId1=f"officeDocument {target}"), "word/real.xml": real}
    assert danger(contents.package(parts), DOCX) == found


def test_two_parts_of_one_name_are_refused() -> None:
    file = io.BytesIO(docx())
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("WORD/Document.xml", b"<w:document xmlns:w='w'/>")
    assert danger(file.getvalue(), DOCX) == "damaged"


def test_a_field_that_starts_a_program_is_found_in_a_header_too() -> None:
    field = b"<w:hdr xmlns:w='w'><w:instrText>DDEAUTO c:/x.exe</w:instrText></w:hdr>"
    assert danger(docx(word__header1_xml=field), DOCX) == "active"
