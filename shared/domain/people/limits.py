"""How much one person, one organisation and one address may ask for, so that nobody's work slows another's.

The numbers are far above what people do and far below what stops a service. docs/limits.md is made from these tables.
"""

from __future__ import annotations

from typing import Literal

from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass

MINUTE, HOUR, DAY = 60, 3600, 86_400
Per = Literal["person", "organisation", "address", "client"]


@dataclass(frozen=True)
class Quota:
    """At most so many calls of a function in a period, which begins with its first call; `seconds` is its length."""

    function: str
    per: Per
    most: int
    seconds: int
    sentence: Sentence

    @property
    def name(self) -> str:
        """The quota's own name, under which its calls are counted."""
        return f"{self.function} per {self.per}"


QUOTAS: tuple[Quota, ...] = (
    Quota(
        "create_organisation",
        "person",
        10,
        DAY,
        Sentence("many_organisations", "You founded many organisations today. Found the next one tomorrow."),
    ),
    Quota(
        "invite_member",
        "organisation",
        500,
        DAY,
        Sentence("many_invitations", "Your organisation invited many people today. Invite the others tomorrow."),
    ),
    Quota(
        "invite_member",
        "address",
        5,
        DAY,
        Sentence("address_invited_often", "This address was invited several times today. Invite it again tomorrow."),
    ),
    Quota(
        "resend_invitation",
        "organisation",
        500,
        DAY,
        Sentence("many_invitations_again", "Your organisation mailed many invitations again today. Go on tomorrow."),
    ),
    Quota(
        "get_invitation_preview",
        "client",
        300,
        HOUR,
        Sentence("many_previews", "Invitations were opened many times from here this hour. Wait a while."),
    ),
    Quota(
        "start_upload",
        "organisation",
        600,
        HOUR,
        Sentence("many_uploads", "Your organisation announced many files this hour. Wait a while, then go on."),
    ),
    Quota(
        "export_record",
        "organisation",
        120,
        MINUTE,
        Sentence("many_exports", "Your organisation exported many records this minute. Wait a minute, then go on."),
    ),
    Quota(
        "verify_audit_trail",
        "organisation",
        120,
        MINUTE,
        Sentence("many_verifications", "Your organisation verified its audit trail many times. Wait a minute."),
    ),
    Quota(
        "report_failed_signing",
        "person",
        30,
        HOUR,
        Sentence("many_failed_signings", "You reported many failed signings this hour. Wait a while."),
    ),
    Quota(
        "send_password_reset",
        "client",
        60,
        HOUR,
        Sentence("many_password_resets", "Passwords were asked for many times from here this hour. Wait a while."),
    ),
    Quota(
        "send_password_reset",
        "address",
        5,
        HOUR,
        Sentence("address_mailed_often", "A mail for this address was asked for several times this hour. Look for it, or wait."),
    ),
    Quota(
        "send_address_verification",
        "person",
        5,
        HOUR,
        Sentence("many_verification_mails", "You asked for this mail several times this hour. Look for it, or wait."),
    ),
    Quota(
        "export_audit_trail",
        "organisation",
        60,
        MINUTE,
        Sentence("many_trail_exports", "Your organisation exported its audit trail many times. Wait a minute."),
    ),
    Quota(
        "export_register",
        "organisation",
        60,
        MINUTE,
        Sentence("many_register_exports", "Your organisation exported many registers this minute. Wait a minute, then go on."),
    ),
    Quota(
        "export_records",
        "organisation",
        30,
        MINUTE,
        Sentence("many_archives", "Your organisation exported many archives this minute. Wait a minute, then go on."),
    ),
    Quota(
        "export_training_file",
        "organisation",
        60,
        MINUTE,
        Sentence("many_training_files", "Your organisation exported many training files this minute. Wait a minute."),
    ),
    Quota(
        "start_export",
        "person",
        60,
        HOUR,
        Sentence("many_exports_started", "You asked for many exports this hour. Wait a while, then go on."),
    ),
)
EXPORTS = ("audit_trail", "record", "records", "register", "training_file")
# Functions that take long: one organisation runs an eighth of a process's threads in them at once (shared.doors.turns).
HEAVY = frozenset({f"export_{what}" for what in EXPORTS} | {"finish_upload", "verify_audit_trail"})


def quotas_of(function: str) -> tuple[Quota, ...]:
    """The quotas of a function."""
    return tuple(quota for quota in QUOTAS if quota.function == function)


def quota(function: str, per: Per) -> Quota:
    """One quota."""
    return next(one for one in quotas_of(function) if one.per == per)
