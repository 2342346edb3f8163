"""The refusals: one class per HTTP status, each with a sentence that the user can act on (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from shared.domain.kernel.sentences import Sentence

MOST_FAULTS = 100  # that one refusal names


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """A request that isn't carried out.

    `sentence` is what the person reads; `extras` are extra members of the problem document (RFC 9457 §3.2), JSON values only.
    """

    status = 400
    title = "Refused"

    def __init__(self, sentence: Sentence, **extras: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.extras = extras

    @property
    def code(self) -> str:
        """The code of its sentence, which never changes."""
        return self.sentence.code


class Unauthenticated(Refusal):
    """No valid token (RFC 9110 §15.5.2)."""

    status = 401
    title = "Sign in"


class NotFound(Refusal):
    """The thing doesn't exist or belongs to another organisation; the answer doesn't tell which."""

    status = 404
    title = "Not found"


class Forbidden(Refusal):
    """The caller's role, or their own part in the work, doesn't allow it."""

    status = 403
    title = "Not allowed"


class Invalid(Refusal):
    """A field that is bad or unknown. `field` is its path, dots between the names; `faults` holds field and sentence of each."""

    status = 422
    title = "Invalid input"

    def __init__(self, field: str, sentence: Sentence, **extras: object) -> None:
        super().__init__(sentence, field=field, **extras)
        self.field = field
        self.faults: tuple[tuple[str, Sentence], ...] = ((field, sentence),)

    @classmethod
    def together(cls, found: Sequence[Invalid]) -> Invalid:
        """One refusal of several bad fields; it speaks of the first."""
        first = found[0]
        made = cls(first.field, first.sentence)
        made.extras = first.extras
        made.faults = tuple(fault for one in found for fault in one.faults)[:MOST_FAULTS]
        return made


def gathered(checks: Mapping[str, Callable[[], object]], faults: Sequence[Invalid] = ()) -> dict[str, object]:
    """What each check gives, by name; raises Invalid with the `faults` and those of every check that refuses."""
    given, found = {}, list(faults)
    for name, check in checks.items():
        try:
            given[name] = check()
        except Invalid as fault:
            found.append(fault)
    if found:
        raise Invalid.together(found)
    return given


class PreconditionRequired(Refusal):
    """The step needs If-Match and the request has none (RFC 6585 §3)."""

    status = 428
    title = "If-Match is missing"


class Stale(Refusal):
    """The thing changed after the caller read it (RFC 9110 §15.5.13)."""

    status = 412
    title = "Changed meanwhile"


class Conflict(Refusal):
    """The status of the thing, or of another one, doesn't allow the step now."""

    status = 409
    title = "Not possible now"


class MethodNotAllowed(Refusal):
    """The method is wrong: steps are POST, reads are GET."""

    status = 405
    title = "Wrong method"


class Late(Refusal):
    """The body didn't come in time, or not whole (RFC 9110 §15.5.9)."""

    status = 408
    title = "Too slow"


class TooLarge(Refusal):
    """The body exceeds what a request may hold."""

    status = 413
    title = "Too large"


class UnsupportedMedia(Refusal):
    """The body isn't JSON in UTF-8 (RFC 8259 §8.1)."""

    status = 415
    title = "Not JSON"


class TooMany(Refusal):
    """More than one person, organisation or address may ask for in a time (RFC 6585 §4); `retry_after` is in seconds."""

    status = 429
    title = "Too many requests"

    def __init__(self, sentence: Sentence, retry_after: int) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Busy or out of reach for a moment; `retry_after` is in seconds."""

    status = 503
    title = "Try again shortly"

    def __init__(self, sentence: Sentence, retry_after: int = 2) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Contention(Unavailable):
    """A deadlock or serialisation failure: the whole transaction may be run again."""
