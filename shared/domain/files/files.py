"""Files: the accepted types and names, and whether an upload is what was announced.

A file is announced (`start`), uploaded straight to storage, verified from its bytes (shared.google.files.prove) and then
accepted or refused (`finish`): ALCOA+ asks that an original stays complete and legible (EU GMP Annex 11 §7, 21 CFR 11.10(b)).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote
from uuid import UUID

from shared.domain.files.extents import UNREAD, Extent
from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace

SIZE_LIMIT = 50 * 1024 * 1024  # bytes
NAME_LIMIT = 200  # characters


class Status(StrEnum):
    """The status of a file: announced, then verified."""

    STARTED = "started"
    FINISHED = "finished"


@dataclass(frozen=True)
class Type:
    """An accepted type of file: its extension, its media type and the type that its bytes are recognised as.

    What is `evidence` is kept beside a record, as a note's, an attachment's or an action's file, and is never a document's body.
    """

    extension: str
    media_type: str
    seen_as: str
    evidence: bool = False


def _office(extension: str, name: str) -> Type:
    media_type = f"application/vnd.openxmlformats-officedocument.{name}"
    return Type(extension, media_type, media_type)


def _plain(extension: str, media_type: str, seen_as: str = "") -> Type:
    return Type(extension, media_type, seen_as or media_type)


def _evidence(extension: str, media_type: str) -> Type:
    return Type(extension, media_type, media_type, evidence=True)


TYPES = (
    _plain("pdf", "application/pdf"),
    _office("docx", "wordprocessingml.document"),
    _office("xlsx", "spreadsheetml.sheet"),
    _office("pptx", "presentationml.presentation"),
    _plain("odt", "application/vnd.oasis.opendocument.text"),
    _plain("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    _plain("odp", "application/vnd.oasis.opendocument.presentation"),
    _plain("png", "image/png"),
    _plain("jpg", "image/jpeg"),
    _plain("jpeg", "image/jpeg"),
    _plain("tif", "image/tiff"),
    _plain("tiff", "image/tiff"),
    _plain("txt", "text/plain"),
    _plain("csv", "text/csv", seen_as="text/plain"),
    _evidence("msg", "application/vnd.ms-outlook"),
    _evidence("eml", "message/rfc822"),
    _evidence("heic", "image/heic"),
    _evidence("zip", "application/zip"),
    _evidence("xml", "application/xml"),
    _evidence("mp4", "video/mp4"),
)
BY_EXTENSION = {kind.extension: kind for kind in TYPES}
BY_MEDIA_TYPE = {kind.media_type: kind for kind in TYPES}
# What is often uploaded and isn't accepted, and as what to save it.
INSTEAD = {
    "application/msword": "docx",
    "application/vnd.ms-excel": "xlsx",
    "application/vnd.ms-powerpoint": "pptx",
    "application/rtf": "docx",
    "text/html": "pdf",
    "image/svg+xml": "pdf",
    "image/gif": "png",
    "application/vnd.rar": "zip",
    "application/x-7z-compressed": "zip",
    "application/gzip": "zip",
    "video/quicktime": "mp4",
    "application/x-ole-storage": "pdf",
}


@dataclass(frozen=True)
class File:
    """One file, as the table `files` keeps it; `size` in bytes, `sha256` in lower-case hex."""

    organisation_id: UUID
    id: UUID
    filename: str
    media_type: str
    size: int
    sha256: str
    status: Status
    uploaded_by: UUID
    revision: int
    created_at: datetime
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Proof:
    """What was measured on the uploaded bytes: size, hash, type, dangers and text.

    `generation` is Cloud Storage's number of exactly these bytes; `seen_as` is the recognised media type, "" if unknown;
    `dangers` are keys of dangers.DANGERS; `text` is the extracted text, for comparing, and `extent` says how much of the file it is.
    """

    size: int
    sha256: str
    generation: int
    seen_as: str
    dangers: tuple[str, ...]
    text: str
    extent: Extent = UNREAD


NOTHING = Proof(size=0, sha256="", generation=0, seen_as="", dangers=(), text="")  # where nothing has been uploaded

EXTENSIONS = tuple(f".{kind.extension}" for kind in TYPES)
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # Persian and Indian names need them


def safe_name(name: str) -> str:
    """The name as stored (Unicode NFC); raises errors.Invalid if it could mislead a person or a computer."""
    name = unicodedata.normalize("NFC", name)
    stem, dot, extension = name.rpartition(".")
    if not 0 < len(name) <= NAME_LIMIT:
        sentence = Sentence("filename_length", "A file's name has 1 to {most} characters.", most=NAME_LIMIT)
    elif any(_invisible(character) for character in name):
        sentence = Sentence(
            "filename_unprintable", "The file's name holds a line break, a control character or another invisible sign. Rename it."
        )
    elif set(name) & set('/\\<>:"|?*'):
        sentence = Sentence(
            "filename_holds_path", "The file's name holds a path or one of < > : \" | ? *. Give the name alone, without folders."
        )
    elif name != name.strip() or name.startswith(".") or name.endswith(".") or _RESERVED.match(name):
        sentence = Sentence("filename_reserved", "The file's name is one that a computer reserves for itself. Rename it.")
    elif not dot or extension.lower() not in BY_EXTENSION:
        sentence = Sentence("extension_not_accepted", "Only these files are accepted: {extensions}.", extensions=EXTENSIONS)
    elif not any(unicodedata.category(character)[0] in "LNPS" for character in stem):
        sentence = Sentence("filename_invisible", "The file's name has nothing visible before its extension. Rename it.")
    else:
        return name
    raise errors.Invalid("filename", sentence)


def _invisible(character: str) -> bool:
    """Whether it is a control or format character, a lone surrogate, or a line or paragraph separator."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and character not in _JOINERS


def disposition(name: str) -> str:
    """The `Content-Disposition` that saves a file as `name` (RFC 6266 §4.1): an ASCII form and the exact name (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^ A-Za-z0-9!#$&+.^_`~()-]", "_", plain).strip()
    if not plain.rpartition(".")[0].strip(" ._"):
        plain = f"file{plain[plain.rfind('.') :] if '.' in plain else ''}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def start(
    *,
    organisation_id: UUID,
    id: UUID,  # noqa: A002 - the column's name
    filename: str,
    media_type: str,
    size: int,
    sha256: str,
    by: UUID,
    at: datetime,
) -> File:
    """A file announced by the person `by`; raises errors.Invalid naming the wrong field."""
    name = safe_name(filename)
    kind = BY_EXTENSION[name.rpartition(".")[2].lower()]
    if media_type not in BY_MEDIA_TYPE:
        raise errors.Invalid(
            "media_type",
            Sentence("media_type_not_accepted", "Files of the type {media_type} aren't accepted.", media_type=ascii(media_type[:100])),
        )
    if media_type != kind.media_type:
        sentence = Sentence(
            "media_type_of_another",
            "A file that ends with .{extension} is of the type {wanted}, not {media_type}.",
            extension=kind.extension,
            wanted=kind.media_type,
            media_type=media_type,
        )
        raise errors.Invalid("media_type", sentence)
    if size <= 0:
        raise errors.Invalid("size", Sentence("file_empty", "The file is empty."))
    if size > SIZE_LIMIT:
        raise errors.Invalid(
            "size",
            Sentence(
                "file_too_large",
                "A file has at most {mebibytes} MiB ({most:,} bytes).",
                mebibytes=SIZE_LIMIT // 1024 // 1024,
                most=SIZE_LIMIT,
            ),
        )
    if not re.fullmatch("[0-9a-f]{64}", sha256):
        raise errors.Invalid("sha256", Sentence("sha256_form", "The SHA-256 is written as 64 hexadecimal digits in lower case."))
    return File(
        organisation_id=organisation_id,
        id=id,
        filename=name,
        media_type=media_type,
        size=size,
        sha256=sha256,
        status=Status.STARTED,
        uploaded_by=by,
        revision=0,
        created_at=at,
    )


def finish(file: File, proof: Proof, at: datetime) -> File:
    """The file, finished; raises as `refuse_unlike` does."""
    refuse_unlike(file, proof)
    return replace(file, status=Status.FINISHED, finished_at=at)


def refuse_unlike(file: File, proof: Proof) -> None:
    """Raise errors.Conflict if the file can't be finished now, errors.Invalid if the bytes aren't what was announced."""
    from shared.domain.files import dangers

    if file.status is not Status.STARTED:
        raise errors.Conflict(Sentence("upload_finished_already", "This upload has been finished already."), status=str(file.status))
    if proof == NOTHING:
        raise errors.Conflict(
            Sentence("nothing_uploaded_yet", "Nothing has been uploaded for this file yet. PUT it to its upload_url first.")
        )
    kind = BY_MEDIA_TYPE[file.media_type]
    if proof.size != file.size:
        sentence = Sentence(
            "size_differs",
            "{size:,} bytes were uploaded, but {announced:,} were announced. Upload the file again.",
            size=proof.size,
            announced=file.size,
        )
    elif proof.sha256 != file.sha256:
        sentence = Sentence("sha256_differs", "What was uploaded isn't what was announced: its SHA-256 differs. Upload the file again.")
    elif proof.dangers:
        sentence = dangers.DANGERS[proof.dangers[0]]
    elif proof.seen_as != kind.seen_as:
        sentence = dangers.unlike(kind.extension, proof.seen_as, _advice(proof.seen_as))
    else:
        return
    raise errors.Invalid("file_id", sentence)


def _advice(seen_as: str) -> Sentence:
    """The type to give instead, as the end of a refusal."""
    fitting = [kind for kind in TYPES if kind.seen_as == seen_as]
    if fitting:
        given = tuple(
            Sentence("file_type", ".{extension} with the type {media_type}", extension=kind.extension, media_type=kind.media_type)
            for kind in fitting
        )
        return Sentence("upload_as", "Upload it as {given:or}.", given=given)
    if seen_as in INSTEAD:
        return Sentence("save_as", "Save it as .{extension}, and upload that.", extension=INSTEAD[seen_as])
    return Sentence("save_as_accepted", "Accepted are {extensions}: save it as one of these, and upload that.", extensions=EXTENSIONS)


def refuse_as_body(file: File, field: str) -> None:
    """Raise errors.Invalid for a file that may be kept as evidence only and is named as a document's body."""
    kind = BY_MEDIA_TYPE.get(file.media_type)
    if kind is not None and kind.evidence:
        sentence = Sentence(
            "evidence_is_no_body",
            "{filename} can be evidence, but not the body of a document. Name a .pdf or an office document; attach this one.",
            filename=file.filename,
        )
        raise errors.Invalid(field, sentence)
