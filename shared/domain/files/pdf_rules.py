"""What a PDF may not do: act by itself, or hold other files (ISO 32000-2 §7.11, §12.6).

A link that somebody clicks is no danger; what happens on opening, on turning a page or by a script is one, and so is a file within the
file, which nobody who reads or approves the pages sees.
"""

from __future__ import annotations

from collections.abc import Mapping

TELLING = frozenset({"/S", "/Type", "/Subtype", "/OpenAction"})  # keys of which the value tells, not only that they are there
_ACTS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/Movie", "/Sound", "/GoToE", "/RichMediaExecute"})
_SCRIPTED = frozenset({"/JS", "/JavaScript", "/XFA"})
_EMBEDDED = frozenset({"/EmbeddedFiles", "/EF"})
_TYPES = {
    "/EmbeddedFile": "embedded",
    "/RichMedia": "active",
    "/Movie": "active",
    "/Screen": "active",
    "/3D": "active",
    "/FileAttachment": "embedded",
}
SUSPECT = _ACTS | _SCRIPTED | _EMBEDDED | set(_TYPES) | {"/OpenAction", "/AA"}  # names without which nothing of this can be
_ON_OPENING = frozenset({"/GoTo", "/Named"})  # to a page of its own


def of_dictionary(names: Mapping[str, object]) -> str:
    """The danger in one dictionary of a PDF, "" where there is none; `names` are its keys, and what those that are TELLING say."""
    if _EMBEDDED & set(names):
        return "embedded"
    if _SCRIPTED & set(names) or names.get("/S") in _ACTS:
        return "active"
    for key in ("/Type", "/Subtype"):
        value = names.get(key)
        if isinstance(value, str) and value in _TYPES:
            return _TYPES[value]
    opening = names.get("/OpenAction")
    if isinstance(opening, Mapping) and opening.get("/S", "") not in _ON_OPENING:
        return "active"
    return "active" if "/AA" in names else ""
