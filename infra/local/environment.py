"""The environment variables of every process of the stack: what Terraform sets in the cloud, pointed at 127.0.0.1."""

from __future__ import annotations

import os

from infra import restorer
from infra.local import keys
from infra.local.place import BACKUP_BUCKET, BUCKET, CHECKOUT, HOST, PROJECT, SCHEDULER_ACCOUNT, SEAL_BUCKET, Place
from infra.local.postgres import DATABASE

THREADS = 16  # of the one process that serves all functions; each may hold one database connection
SENDGRID_KEY = "local"  # what the inbox asks for, as SendGrid does
INHERITED = ("PATH", "HOME", "USER", "LANG", "TMPDIR", "TERM", "SSL_CERT_FILE", "SYSTEMROOT", "QFACTS_REGISTER")


def variables(place: Place) -> dict[str, str]:
    """Everything that the product's and the tools' processes get; nothing else of the caller's environment reaches them."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": "*",
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "FIREBASE_AUTH_EMULATOR_HOST": f"{HOST}:{place.ports.of('identity')}",
        "STORAGE_EMULATOR_HOST": place.ports.url("file storage"),
        "SENDGRID_API_KEY": SENDGRID_KEY,
        "QFACTS_PORT": str(place.ports.product),
        "QFACTS_HOME": str(place.home),
        "QFACTS_PROJECT": PROJECT,
        "QFACTS_ORIGIN": place.ports.origin,
        "QFACTS_DATABASE_SOCKET": str(place.socket),
        "QFACTS_DATABASE_NAME": DATABASE,
        "QFACTS_DATABASE_USER": "qfacts_login",
        "QFACTS_POOL_SIZE": str(THREADS),
        "QFACTS_BUCKET": BUCKET,
        "QFACTS_BACKUP_BUCKET": BACKUP_BUCKET,
        "QFACTS_RESTORE_USER": restorer.LOGIN,
        "QFACTS_SIGNER_KEY": str(keys.signer_key(place)),
        "QFACTS_SEAL_BUCKET": SEAL_BUCKET,
        "QFACTS_SEAL_KEY": str(keys.seal_key(place)),
        "QFACTS_SCHEDULER_ACCOUNT": SCHEDULER_ACCOUNT,
        "QFACTS_OIDC_CERTS": f"{place.ports.origin}/local/certs",
        "QFACTS_SENDGRID": f"{place.ports.origin}/mail",
        "QFACTS_WAREHOUSE": place.ports.url("warehouse"),
        "QFACTS_MAIL_FROM": "no-reply@qfacts.example",
        "QFACTS_MAIL_EVENTS_KEY": keys.mail_events_public_key(place),
    }
