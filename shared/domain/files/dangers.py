"""What a file may hold that harms or deceives its readers, each with what is said of it."""

from __future__ import annotations

from shared.domain.kernel.sentences import Sentence

DANGERS = {
    "virus": Sentence("file_holds_test_virus", "The file holds a virus test pattern (EICAR). It isn't kept."),
    "infected": Sentence("file_infected", "The virus scanner found something harmful in the file. It isn't kept."),
    "bomb": Sentence("file_zip_bomb", "The file would unpack to far more than it seems to hold (a zip bomb). It isn't kept."),
    "encrypted": Sentence("file_encrypted", "The file is protected by a password, so nobody could read it later. Upload it without one."),
    "macros": Sentence("file_macros", "The file contains macros or other code. Save it without them (for instance as .docx, not .docm)."),
    "active": Sentence(
        "file_active", "The file does something by itself when it is opened: a script, a program. Print it to a new PDF, and upload that."
    ),
    "embedded": Sentence(
        "file_embeds_others",
        "Other files are embedded in the file, where a reader doesn't see them. Take them out, and upload each by itself.",
    ),
    "linked": Sentence(
        "file_fetches_content",
        "The file fetches content from elsewhere when it is opened. Save it with that content in it, and upload that.",
    ),
    "program": Sentence("file_holds_program", "The file brings a program along. Take it out, and upload the rest."),
    "pageless": Sentence("pdf_without_page", "The PDF has no page. Save it again and upload that."),
    "unchecked": Sentence(
        "file_too_intricate",
        "The file is too large or too intricate to be checked. Save it in a simpler form or in parts, and upload those.",
    ),
    "damaged": Sentence("file_damaged", "The file is damaged: it can't be opened. Save it again and upload that."),
}


def unlike(extension: str, seen_as: str, advice: Sentence) -> Sentence:
    """What is said of a file whose content isn't what its name says."""
    if not seen_as:
        return Sentence(
            "content_not_recognised",
            "The file's content isn't what its name says: .{extension} was announced, but it isn't recognised. {advice}",
            extension=extension,
            advice=advice,
        )
    return Sentence(
        "content_of_another_type",
        "The file's content isn't what its name says: .{extension} was announced, but it looks like {seen_as}. {advice}",
        extension=extension,
        seen_as=seen_as,
        advice=advice,
    )
