"""The translation of PostgreSQL's errors into refusals, by SQLSTATE and constraint name."""

from __future__ import annotations

from typing import Any, Final

from shared.domain.kernel.errors import Conflict, Contention, Unauthenticated, Unavailable
from shared.domain.kernel.sentences import Sentence

# Concurrent transactions collided, and either may be retried. 0A000: a migration changed the table of a prepared statement.
REPEATABLE: Final = frozenset({"40001", "40P01", "0A000"})
# A lock or a statement took longer than its limit (55P03, 57014), or the server is short of something (class 53).
BUSY: Final = frozenset({"55P03", "57014", "53000", "53100", "53200", "53300", "53400"})
# The server has ended this connection, or is about to: shut down, crashed, starting, idle for too long, terminated.
ENDED: Final = frozenset({"57P01", "57P02", "57P03", "57P05", "25P03", "25P04"})
# A unique, foreign or checked rule of a table.
RULES: Final = frozenset({"23505", "23503", "23514", "23P01"})

# Raised by a trigger of ours: the sign-in of somebody who was erased is gone, and a token outlived it.
DELETED_SIGN_IN: Final = "QF003"

BUSY_SENTENCE: Final = Sentence("database_busy", "The database is busy. Please try again in a moment.")

SENTENCES: Final = {
    "teams_name": Sentence("team_name_taken", "A team of that name exists already."),
    "team_members_pkey": Sentence("that_person_in_the_team", "That person is in the team already."),
    "team_members_person": Sentence("that_person_no_member", "That person isn't a member of this organisation."),
    "members_pkey": Sentence("that_person_a_member_already", "That person is a member already."),
    "people_identity_uid_key": Sentence("sign_in_taken", "This sign-in belongs to a person already."),
    "records_number": Sentence("number_taken", "That number is taken. Please try again."),
    "changes_number": Sentence("number_taken", "That number is taken. Please try again."),
    "records_owner": Sentence("owner_no_member", "The owner isn't a member of this organisation."),
    "records_team": Sentence("no_such_team_here", "There is no such team in this organisation."),
    "versions_in_force": Sentence("in_force_already", "A version of this record is in force already."),
    "versions_waiting": Sentence("waiting_already", "A version of this record is waiting to take effect already."),
    "versions_pkey": Sentence(
        "newer_version_already", "This has a newer version already: somebody decided at the same moment. Load it again."
    ),
    "change_items_pkey": Sentence("record_in_change_already", "The change holds this record already."),
    "change_items_in_approval": Sentence("another_change_in_approval", "Another change to this record is in approval already."),
    "change_items_owner": Sentence("owner_no_member", "The owner isn't a member of this organisation."),
    "change_items_team": Sentence("no_such_team_here", "There is no such team in this organisation."),
    "register_entries_name": Sentence("entry_name_taken", "An entry of that name stands in this register already."),
    "register_entries_code": Sentence("entry_code_taken", "An entry with that code stands in this register already."),
    "rounds_pkey": Sentence("submitted_meanwhile", "The change has been submitted meanwhile."),
    "approval_requests_open": Sentence("in_approval_already", "The change is in approval already."),
    "extensions_requested": Sentence("extension_asked_meanwhile", "An extension of this is asked already; wait for QA's decision."),
    "assignments_open": Sentence("assigned_already", "This person has an open assignment of this training already."),
    "quiz_attempts_number": Sentence("quiz_started_already", "The quiz was started already. Please start it again to go on with it."),
    "quiz_attempts_open": Sentence("quiz_started_already", "The quiz was started already. Please start it again to go on with it."),
    "signatures_challenge": Sentence("signing_used_already", "This signing was used already. Please start signing again."),
    "idempotency_keys_pkey": Sentence("same_request_under_way", "The same request is being carried out already."),
    "job_runs_pkey": Sentence("run_taken_already", "This run was taken already."),
}
RULE_SENTENCE: Final = Sentence("does_not_fit", "That doesn't fit what is recorded. Please load it again and check what changed.")


class StatementFailed(Exception):  # noqa: N818 - it names what happened
    """A statement failed for a reason that no user can remedy.

    Its text names the SQLSTATE and no value, because values may be personal data; `detail` may hold values and is for local use only.
    """

    def __init__(self, sqlstate: str, detail: str = "") -> None:
        super().__init__(f"PostgreSQL refused a statement with SQLSTATE {sqlstate}." + (f" {detail}" if detail else ""))
        self.sqlstate = sqlstate


def fields(error: BaseException) -> dict[str, str] | None:
    """The fields of a server error (its letters: PostgreSQL's manual, section 54.8), or None if it isn't one."""
    from pg8000.exceptions import DatabaseError

    if isinstance(error, DatabaseError) and error.args and isinstance(error.args[0], dict) and "C" in error.args[0]:
        found: dict[str, Any] = error.args[0]
        return found
    return None


def ends_connection(error: BaseException) -> bool:
    """Whether the connection is unusable after `error`: always, unless it is a server error that leaves it working."""
    found = fields(error)
    return found is None or found["C"] in ENDED or found["C"] == "0A000" or found["C"].startswith("08")


def translate(error: BaseException, *, detailed: bool = False) -> BaseException:
    """The exception to raise instead of `error`, or `error` itself if it isn't the database's.

    `detailed` adds the server's message to a StatementFailed; it may quote values, so the cloud never sets it.
    """
    found = fields(error)
    if found is None:
        return (
            Unavailable(Sentence("database_lost", "The connection to the database was lost. Please try again.")) if lost(error) else error
        )
    state = found["C"]
    if state in REPEATABLE:
        return Contention(Sentence("working_on_the_same", "Others are working on the same thing. Please try again."))
    if state in BUSY or state in ENDED or state.startswith("08"):
        return Unavailable(BUSY_SENTENCE)
    if state == DELETED_SIGN_IN:
        return Unauthenticated(Sentence("account_deleted", "This account was deleted. Sign up anew to come back."))
    if state in RULES:
        return Conflict(SENTENCES.get(found.get("n", ""), RULE_SENTENCE))
    return StatementFailed(state, f"{found.get('M', '')} {found.get('D', '')} {found.get('W', '')}".strip() if detailed else "")


def lost(error: BaseException) -> bool:
    """Whether `error` means that the connection was lost or couldn't be made."""
    import struct

    from pg8000.exceptions import Error

    # An answer cut short shows as a struct.error in pg8000.
    return fields(error) is None and isinstance(error, (Error, OSError, struct.error))
