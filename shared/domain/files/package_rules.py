"""What the parts of an office document may be, and where they may lead: Open Packaging Conventions (ECMA-376-2) and OpenDocument 1.3.

A list of what is known to be harmless: a part of any other type is refused, whatever it is.
"""

from __future__ import annotations

import re

OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_FORMATS = "application/vnd.openxmlformats-officedocument."
OFFICE = frozenset({f"{_FORMATS}wordprocessingml.document", f"{_FORMATS}spreadsheetml.sheet", f"{_FORMATS}presentationml.presentation"})
BY_EXTENSION = {  # of parts whose type the package doesn't tell
    "xml": "application/xml",
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "vml": f"{_FORMATS}vmlDrawing",
    **{extension: f"image/{extension}" for extension in ("png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf")},
    **{extension: f"{_FORMATS}{kind}" for extension, kind in (("docx", "wordprocessingml.document"), ("xlsx", "spreadsheetml.sheet"))},
    "pptx": f"{_FORMATS}presentationml.presentation",
}

_MACROS = re.compile(r"macro|vba|activex|attachedtoolbars|dialogsheet", re.IGNORECASE)
_HARMLESS = re.compile(
    r"application/(?:vnd\.openxmlformats-(?:officedocument|package)\.[\w.-]+\+xml"
    r"|vnd\.ms-(?:word|excel|powerpoint|office)\.[\w.-]+\+xml"
    r"|vnd\.openxmlformats-officedocument\.(?:vmlDrawing|obfuscatedFont|\w+\.printerSettings)"
    r"|xml|inkml\+xml|x-fontdata|x-font-ttf)"
    r"|text/xml|font/(?:ttf|otf|sfnt)"
    r"|image/(?:png|x-png|jpe?g|pjpeg|gif|bmp|tiff?|x-emf|x-wmf|emf|wmf|pict|heic|webp|svg\+xml|vnd\.ms-photo)"
    r"|(?:audio|video)/[\w.+-]+",
    re.IGNORECASE,
)
# Links are followed by whoever clicks them; the values of another workbook stand in this one too.
_FOLLOWED_BY_PEOPLE = frozenset({"hyperlink", "externalLinkPath", "xlPathMissing", "xlExternalLinkPath"})
_NAMED = frozenset({"attachedTemplate", "image"})  # harmless on a disk of the writer's, not on somebody's server
_FETCHED = re.compile(
    r"(?!file:|[a-z]:)[a-z][a-z0-9+.-]+:|(?:file:)?/{2,}[^/]*\.[^/]*/"
)  # by a protocol, or from a host of another network
# Fields that start a program or fetch what another program says.
CALLS = re.compile(r"\bDDE(?:AUTO)?\b", re.IGNORECASE)
MACRO_CALLS = re.compile(rb"vnd\.sun\.star\.script:|macro:///", re.IGNORECASE)


def of_part(content_type: str) -> str:
    """The danger in a part of this declared type, "" where there is none."""
    if content_type in OFFICE:
        return ""  # the workbook behind a chart; it is judged itself
    if _MACROS.search(content_type):
        return "macros"
    return "" if _HARMLESS.fullmatch(content_type) else "embedded"


def of_relation(kind: str, target: str) -> str:
    """The danger in a relation that leads out of the package, "" where there is none."""
    kind = kind.rpartition("/")[2]
    if kind in _FOLLOWED_BY_PEOPLE or (kind in _NAMED and not _FETCHED.match(target.lower().replace("\\", "/"))):
        return ""
    return "linked"
