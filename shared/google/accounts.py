"""Accounts at the identity provider, as its administrator: proven, mailed about, deleted."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs, urlsplit

from shared.domain.kernel import errors
from shared.domain.kernel.sentences import Sentence
from shared.google.identity import client, unavailable
from shared.outside.imports import importing

log = logging.getLogger(__name__)


def mark_verified(uid: str) -> None:
    """Tell the provider that a person proved their address. Raises errors.Unavailable if the provider can't be reached."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import exceptions

    try:
        client().update_user(uid, email_verified=True)
    except (exceptions.FirebaseError, google.auth.exceptions.GoogleAuthError) as trouble:
        raise unavailable(type(trouble).__name__) from None


def password_reset_code(email: str) -> str:
    """The code with which the owner of this address chooses another password; raises errors.NotFound, errors.Unavailable."""
    return _code("generate_password_reset_link", email)


def address_verification_code(email: str) -> str:
    """The code that proves that this address is its owner's; raises errors.NotFound, errors.Unavailable."""
    return _code("generate_email_verification_link", email)


def _code(link_of: str, email: str) -> str:
    """The code within the link that the provider would mail itself."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        link: str = getattr(client(), link_of)(email)
    except (auth.UserNotFoundError, auth.EmailNotFoundError):
        raise errors.NotFound(Sentence("nobody_with_address", "Nobody signs in with this address.")) from None
    except (exceptions.FirebaseError, google.auth.exceptions.GoogleAuthError) as trouble:
        raise unavailable(type(trouble).__name__) from None
    return parse_qs(urlsplit(link).query)["oobCode"][0]


def delete(uid: str) -> None:
    """Delete an account at the identity provider, if it exists. Raises errors.Unavailable if Google can't be reached."""
    with importing():
        import google.auth.exceptions
        from firebase_admin import auth, exceptions

    try:
        client().delete_user(uid)
    except auth.UserNotFoundError:
        log.debug("the account was gone already")
    except (exceptions.FirebaseError, google.auth.exceptions.GoogleAuthError) as trouble:
        raise unavailable(type(trouble).__name__) from None
