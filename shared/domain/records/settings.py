"""The schema of an organisation's settings: approval policy, retention, working days and more."""

from __future__ import annotations

from datetime import datetime

from shared.domain.kernel import text
from shared.domain.kernel.content import Choice, Content, Day, Fields, Flag, Identifier, Integer, ListOf, Text, Whole
from shared.domain.kernel.errors import Invalid
from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import replace
from shared.domain.people import people
from shared.domain.people.organisations import WEEK, Organisation
from shared.domain.people.people import LANGUAGES
from shared.domain.records.kinds import KINDS


class Delegation(Whole):
    """The delegate of a named approver, from the first day to the last, both included."""

    def check(self, path: str, value: object) -> dict[str, object]:
        """The delegation; raises Invalid where it ends before it begins."""
        checked = super().check(path, value)
        if str(checked["ends_on"]) < str(checked["starts_on"]):
            raise Invalid(f"{path}.ends_on", Sentence("before_first_day", "This day is before the first day."))
        return checked


POLICY = Fields(
    signatures=Integer(1, 5),
    approver_ids=ListOf(Identifier(), 10),
    delegates=ListOf(Delegation(approver_id=Identifier(), delegate_id=Identifier(), starts_on=Day(), ends_on=Day()), 20),
)
# Years of retention after closing: EU GMP 4.11 asks for at least 5, MDR 10(8) for 10, which is the default.
YEARS = Integer(5, 100)
SETTINGS = Fields(
    approval_policy=Fields(**dict.fromkeys(KINDS, POLICY)),
    approval_days=Integer(1, 180),
    signing_policy=Text(text.PROSE),
    open_comments_block=Flag(),
    weekend=ListOf(Choice(WEEK), len(WEEK) - 1),
    holidays=ListOf(Day(), 100),
    retention_years=Fields(**dict.fromkeys(KINDS, YEARS)),
    legal_hold=Flag(),
)


def update(organisation: Organisation, given: Content, *, at: datetime) -> Organisation:
    """The organisation with these settings changed; omitted ones stay (Annex 11 §10: the audit trail keeps each version)."""
    name, time_zone, language = given.get("name"), given.get("time_zone"), given.get("language")
    settings = {key: value for key, value in given.items() if key in SETTINGS.types}
    checked = {key: None if value is None else SETTINGS.types[key].check(key, value) for key, value in settings.items()}
    if language is not None:
        Choice(LANGUAGES).check("language", language)
    return replace(
        organisation,
        name=organisation.name if name is None else text.check("name", str(name), text.NAME, lines=False),
        time_zone=organisation.time_zone if time_zone is None else people.checked_time_zone(str(time_zone)),
        language=str(language or organisation.language),
        settings={key: value for key, value in {**organisation.settings, **checked}.items() if value is not None},
        updated_at=at,
    )
