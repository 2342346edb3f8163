"""Reaching Google's services: one client a process, failures that pass tried again, and what stays out of reach said in a sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.sentences import Sentence, Term
from shared.domain.kernel.values import dataclass
from shared.google import signers
from shared.outside import config, telemetry
from shared.outside.imports import importing

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud.storage import Bucket

T = TypeVar("T")
_made: dict[tuple[config.Config, str], object] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Service:
    """A service as people are told of it when it is out of reach."""

    subject: str  # opens the sentence: "Files are"
    retry_after: int  # seconds after which a person should try again

    def unavailable(self) -> Unavailable:
        """The refusal while the service is out of reach."""
        soon = "in a few seconds" if self.retry_after < 60 else "in a minute"
        return Unavailable(
            Sentence(
                "service_out_of_reach",
                "{service} out of reach at this moment. Try again {soon}.",
                service=Term(self.subject),
                soon=Term(soon),
            ),
            retry_after=self.retry_after,
        )


def once(name: str, make: Callable[[config.Config], T]) -> T:
    """What `make` makes from the configuration, made when first needed and kept for the life of the process."""
    settings = config.current()
    with _lock:
        if (settings, name) not in _made:
            _made[settings, name] = make(settings)
        found: T = _made[settings, name]  # type: ignore[assignment]  # what `make` made under this name
        return found


def bucket(name: str) -> Bucket:
    """The bucket of this name, through one client a process."""
    with importing():
        from google.cloud import storage

    def made(settings: config.Config) -> Bucket:
        credentials, _ = signers.current(settings)
        return storage.Client(project=settings.project, credentials=credentials).bucket(name)

    return once(name, made)


def retry(seconds: float) -> Retry:
    """Try failures of Cloud Storage that pass (429, 5xx, lost connections) again for so long; all our calls are idempotent."""
    with importing():
        from google.cloud.storage.retry import DEFAULT_RETRY

    limited: Retry = DEFAULT_RETRY.with_timeout(seconds)
    return limited


@contextmanager
def storage_calls(service: Service, missing: Callable[[], Exception] | None = None) -> Iterator[None]:
    """Refuse as the service while Cloud Storage doesn't answer as it should; what isn't there raises what `missing` makes, if given."""
    with importing():
        from google.api_core.exceptions import GoogleAPIError, NotFound
        from google.cloud.storage.exceptions import DataCorruption, InvalidResponse

    with _connecting(service, GoogleAPIError, InvalidResponse, DataCorruption):
        try:
            yield
        except NotFound:
            if missing is None:
                raise
            raise missing() from None


@contextmanager
def bigquery_calls(service: Service) -> Iterator[None]:
    """Refuse as the service while BigQuery fails in a way that passes; its other errors are faults of ours and go through."""
    with importing():
        from google.api_core.exceptions import RetryError, ServerError, TooManyRequests

    with _connecting(service, ServerError, TooManyRequests, RetryError, TimeoutError):
        yield


@contextmanager
def _connecting(service: Service, *failures: type[Exception]) -> Iterator[None]:
    with importing():
        from google.auth.exceptions import GoogleAuthError
        from requests.exceptions import RequestException

    told: tuple[type[Exception], ...] = (*failures, GoogleAuthError, RequestException, ConnectionError)
    try:
        yield
    except told as trouble:
        telemetry.log("WARNING", f"{service.subject.lower()} out of reach", trouble=type(trouble).__name__)
        raise service.unavailable() from None
