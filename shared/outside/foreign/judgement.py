"""What a foreign file is: its media type, and the first danger in it, by the rules of its family."""

from __future__ import annotations

from typing import BinaryIO

from shared.domain.files import file_types
from shared.domain.files.files import BY_MEDIA_TYPE
from shared.domain.kernel.values import dataclass
from shared.outside.foreign import plain
from shared.outside.foreign.danger import Danger, demand


@dataclass(frozen=True)
class Judgement:
    """The media type as which a file was recognised, and why it is refused, "" if it isn't."""

    seen_as: str
    danger: str


def judge(file: BinaryIO, announced: str) -> Judgement:
    """Recognise a file that was announced as this media type, and prove that it is legible and harmless."""
    seen_as = ""
    try:
        demand(not plain.holds_virus(plain.chunks(file)), "virus")
        file.seek(0)
        head = file.read(file_types.HEAD)
        seen_as = _recognise(file, head, announced)
        if announced in BY_MEDIA_TYPE and seen_as == BY_MEDIA_TYPE[announced].seen_as:
            _prove(file, seen_as)
    except Danger as danger:
        return Judgement(seen_as, danger.name)
    except MemoryError:
        return Judgement(seen_as, "unchecked")
    except Exception:  # noqa: BLE001 - a parser gave up: whoever wanted to read the file couldn't either
        return Judgement(seen_as, "damaged")
    return Judgement(seen_as, "")


def _recognise(file: BinaryIO, head: bytes, announced: str) -> str:
    if head.startswith(b"PK\x03\x04"):
        from shared.outside.foreign.packages import Package

        return Package(file).seen_as()
    if head.startswith(file_types.COMPOUND):
        from shared.outside.foreign.compound import Compound

        names = Compound(file).names
        demand("EncryptedPackage" not in names, "encrypted")
        return file_types.compound(names)
    text = plain.is_text(file, head)
    return file_types.recognise(plain.head_as_bytes(head), text=text, parts=None, mimetype="", announced=announced)


def _prove(file: BinaryIO, media_type: str) -> None:
    """Refuse what isn't whole and legible, or is dangerous, as its family has it."""
    if media_type == "application/pdf":
        from shared.outside.foreign import pdfs

        pdfs.validate(file)
    elif media_type.startswith("image/") and media_type != "image/heic":
        from shared.outside.foreign import pictures

        file.seek(0)
        {"image/png": pictures.png, "image/jpeg": pictures.jpeg, "image/tiff": pictures.tiff}[media_type](file)
    elif media_type in {"image/heic", "video/mp4"}:
        from shared.outside.foreign import boxes

        boxes.validate(file, media_type)
    elif media_type == "message/rfc822":
        from shared.outside.foreign import letters

        letters.validate(file)
    elif media_type == "application/vnd.ms-outlook":
        _prove_message(file)
    elif media_type != "text/plain":
        from shared.outside.foreign import packages

        if media_type == "application/xml":
            packages.validate_xml(file)
        else:
            packages.validate(packages.Package(file), media_type)


def _prove_message(file: BinaryIO) -> None:
    """A mail of Outlook: every stream is there, and none of them is a virus or a program."""
    from shared.outside.foreign.compound import Compound

    for _, content in Compound(file).streams():
        demand(file_types.EICAR not in content, "virus")
        demand(not file_types.is_program(content[:16]), "program")
