"""The smallest whole file of every family that is accepted, made here as its format has it."""

from __future__ import annotations

import io
import struct
import zipfile

from PIL import Image

from tests.contents import DOCX, ODT, XLSX, docx, odt, package, pdf

PPTX = DOCX.replace("wordprocessingml.document", "presentationml.presentation")
MSG = "application/vnd.ms-outlook"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_MAINS = {XLSX: ("xl/workbook.xml", "workbook"), PPTX: ("ppt/presentation.xml", "presentation")}


def picture(form: str, **more: object) -> bytes:
    """A picture of a few pixels by Pillow: PNG, JPEG or TIFF."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((48, 32)).convert("RGB").save(file, form, **more)
    return file.getvalue()


def office(media_type: str, **more: bytes) -> bytes:
    """A workbook or a presentation: its types, its main part, and more parts (a slash is two underscores, a dot one)."""
    main, element = _MAINS[media_type]
    types = f'<Types xmlns="{_TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
    types += f'<Override PartName="/{main}" ContentType="{media_type}.main+xml"/></Types>'
    parts = {"[Content_Types].xml": types.encode(), main: f'<{element} xmlns="x"/>'.encode()}
    return package(parts | {name.replace("__", "/").replace("_", "."): content for name, content in more.items()})


def open_document(kind: str) -> bytes:
    """An OpenDocument spreadsheet or presentation."""
    parts = {"mimetype": ODT.replace("text", kind).encode(), "content.xml": b'<office:document-content xmlns:office="x"/>'}
    return package(parts, zipfile.ZIP_STORED)


def compound(**streams: bytes) -> bytes:
    """A compound file (MS-CFB) with these streams, each longer than what small sectors hold."""
    contents = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    table, sectors = [0xFFFFFFFD, 0xFFFFFFFE], [b"", b""]  # the table of sectors, the directory
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, content) in enumerate(contents.items(), 2):
        start, count = len(table), -(-len(content) // 512)
        table += [*range(start + 1, start + count), 0xFFFFFFFE]
        sectors += [content[place : place + 512].ljust(512, b"\0") for place in range(0, len(content), 512)]
        entries.append(_entry(name, 2, start, len(content), right=number if number <= len(contents) else 0xFFFFFFFF))
    assert len(table) <= 128
    assert len(entries) <= 4
    sectors[0] = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    sectors[1] = b"".join(entries).ljust(512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + b"".join(sectors)


def _entry(name: str, kind: int, start: int, size: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    written = (name + "\0").encode("utf-16-le")
    return written.ljust(64, b"\0") + struct.pack("<HBB3I36xIQ", len(written), kind, 1, 0xFFFFFFFF, right, child, start, size)


def message(attached: bytes = b"") -> bytes:
    """A mail as Outlook saves it."""
    return compound(**{"__properties_version1.0": bytes(32), "__substg1.0_37010102": attached})


def protected(name: str = "EncryptedPackage") -> bytes:
    """An office document under a password (MS-OFFCRYPTO), or with another name of the stream one of old."""
    return compound(**{name: bytes(64), "EncryptionInfo": b"\x04\x00\x04\x00"})


def mail(body: bytes = b"Good morning\r\n", headers: bytes = b"") -> bytes:
    """A mail as a mail program saves it."""
    return (
        b"From: a@b.example\r\nTo: c@d.example\r\nDate: Thu, 27 Nov 2026 10:00:00 +0100\r\nSubject: Tank 7\r\n" + headers + b"\r\n" + body
    )


def box(kind: bytes, content: bytes = b"") -> bytes:
    """One box of ISO/IEC 14496-12."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


def heic() -> bytes:
    """The boxes of a HEIC picture."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4) + box(b"hdlr", bytes(24))) + box(b"mdat", bytes(64))


def mp4() -> bytes:
    """The boxes of an MP4 film."""
    return box(b"ftyp", b"isom\0\0\2\0isommp41") + box(b"moov", box(b"mvhd", bytes(100))) + box(b"mdat", bytes(64))


XML = b'<?xml version="1.0" encoding="UTF-8"?>\n<run number="7"><result unit="mg">10</result></run>\n'
WHOLE = {
    "pdf": pdf(),
    "docx": docx("Cleaning"),
    "xlsx": office(XLSX),
    "pptx": office(PPTX),
    "odt": odt("Cleaning"),
    "ods": open_document("spreadsheet"),
    "odp": open_document("presentation"),
    "png": picture("PNG"),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG", progressive=True),
    "tif": picture("TIFF"),
    "tiff": picture("TIFF", compression="tiff_lzw"),
    "txt": b"Cleaning of tank 7\r\n",
    "csv": b"tank;result\r\n7;10 mg\r\n",
    "msg": message(b"An attachment"),
    "eml": mail(),
    "heic": heic(),
    "zip": package({"raw/run7.dat": bytes(range(256))}),
    "xml": XML,
    "mp4": mp4(),
}
