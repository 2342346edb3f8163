"""The store: what the steps load, what they write, what the reads show. One transaction, one organisation."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

from shared.io.store.actions import Actions
from shared.io.store.comments import Comments
from shared.io.store.dashboard import Dashboards
from shared.io.store.erasures import Erasures
from shared.io.store.exports import Exports
from shared.io.store.files import Files
from shared.io.store.links import Links
from shared.io.store.lists import Lists
from shared.io.store.organisations import Organisations
from shared.io.store.reminders import Reminders
from shared.io.store.search import Search
from shared.io.store.signing import Signing
from shared.io.store.trainings import Trainings

if TYPE_CHECKING:
    from shared.io.database import Transaction
    from shared.organisations import Organisation


@dataclasses.dataclass
class Store(
    Organisations, Files, Signing, Links, Actions, Comments, Lists, Search, Trainings, Exports, Dashboards, Reminders, Erasures
):  # fmt: skip
    """Everything stored, of the organisation that the transaction is for. `today` is its calendar day."""

    tx: Transaction
    organisation: Organisation
    today: date
