"""The configuration from the environment, read once a process and checked before the first request."""

from __future__ import annotations

import os
from dataclasses import fields
from functools import cache

from shared.domain.kernel.values import dataclass

# Variables that only the local stack may set; in production they would switch off checks of identity or storage.
LOCAL_ONLY = (
    "FIREBASE_AUTH_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
    "BIGQUERY_EMULATOR_HOST",
    "QFACTS_DATABASE_SOCKET",
    "QFACTS_SIGNER_KEY",
    "QFACTS_OIDC_CERTS",
    "QFACTS_SENDGRID",
    "QFACTS_WAREHOUSE",
    "QFACTS_SEAL_KEY",
)


class Misconfigured(RuntimeError):  # noqa: N818 - it names what happened
    """The process must not start; the sentence says what to correct."""


@dataclass(frozen=True)
class Config:
    """One field per environment variable `QFACTS_<FIELD>`; empty where not set."""

    project: str = ""
    origin: str = ""
    database_socket: str = ""
    database_instance: str = ""
    database_name: str = "qfacts"
    database_user: str = "qfacts_login"
    bucket: str = ""
    backup_bucket: str = ""
    restore_instance: str = ""
    restore_user: str = ""
    signer: str = ""
    signer_key: str = ""
    seal_bucket: str = ""
    seal_signer: str = ""
    seal_key: str = ""
    tenant: str = ""
    scanner: str = ""  # host:port of ClamAV's clamd
    scheduler_account: str = ""
    oidc_certs: str = "https://www.googleapis.com/oauth2/v1/certs"
    sendgrid: str = "https://api.sendgrid.com"
    warehouse: str = ""
    mail_from: str = "no-reply@qfacts.example"
    mail_events_key: str = ""  # SendGrid's public key for its events: base64 of DER


def parse(environment: dict[str, str]) -> Config:
    """The configuration in `environment`; raises Misconfigured if starting would be unsafe."""
    if "K_SERVICE" in environment:
        for name in LOCAL_ONLY:
            if name in environment:
                message = f"{name} is set in the cloud: it would switch off checks. Remove it from the service's variables."
                raise Misconfigured(message)
    if environment.get("THREADED_TIMEOUT_ENABLED", "").lower() in {"1", "true", "yes"}:
        message = "THREADED_TIMEOUT_ENABLED interrupts a database read half-way and must stay off; time is limited by PostgreSQL."
        raise Misconfigured(message)
    names = {field.name: f"QFACTS_{field.name.upper()}" for field in fields(Config)}
    return Config(**{field: environment[name] for field, name in names.items() if name in environment})


def refuse_unsafe_start() -> None:
    """Raise Misconfigured if this process must not serve; every door calls this when its function is loaded."""
    parse(dict(os.environ))


@cache
def current() -> Config:
    """The configuration of this process."""
    return parse(dict(os.environ))
