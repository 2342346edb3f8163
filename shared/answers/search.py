"""What a search finds: records and changes as in lists, people by name, and where what was asked for stands."""

from shared.answers.parts import Named, Pointer
from shared.answers.records import Brief


class Through(Pointer):
    """The record or change by which another one was found, and the type of the link between them."""

    type: str


class Hit(Brief):
    """A record, a change or a person (`kind`) that a search found.

    `found_in` says where the words stand: `title` (a number or a name too), `text`, `file`, `note`, `action`, or `link` where they stand
    in what is linked, which `through` names; `file` names the file. It is null where no words were asked for. `excerpt` is a piece of the
    text around the first of them. A person has no number, owner or version.
    """

    found_in: str | None
    excerpt: str | None
    file: Named | None
    through: Through | None
