"""What belongs to the record `r`, as SQL, and the numbers of the entries that tell its whole story in the audit trail."""

from __future__ import annotations

from typing import Final

from shared.db.sql import sql

ORGANISATION: Final = "cast(current_setting('app.organisation_id') as uuid)"
OF_CHANGES: Final = "(select i.change_id from present_items i where i.record_id = r.id)"
OF_ACTIONS: Final = f"(a.record_id = r.id or a.change_id in {OF_CHANGES})"
SIGNED: Final = f"(s.record_id = r.id or s.change_id in {OF_CHANGES})"
LINKED: Final = "(l.from_id = r.id or l.to_id = r.id)"
EXTENDED: Final = sql("extensions_of_record", of_actions=OF_ACTIONS)
ATTACHED: Final = sql("files_of_record", of_actions=OF_ACTIONS)
STORY: Final = sql(
    "trail_story", organisation=ORGANISATION, signed=SIGNED, of_actions=OF_ACTIONS, attached=ATTACHED, linked=LINKED, extended=EXTENDED
)
