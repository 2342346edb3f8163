"""The store: what the steps load, what they write, what the reads show. One transaction, one organisation."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

from shared.queries.actions import Actions
from shared.queries.comments import Comments
from shared.queries.dashboard import Dashboards
from shared.queries.erasures import Erasures
from shared.queries.exports import Exports
from shared.queries.files import Files
from shared.queries.links import Links
from shared.queries.lists import Lists
from shared.queries.organisations import Organisations
from shared.queries.reminders import Reminders
from shared.queries.search import Search
from shared.queries.signing import Signing
from shared.queries.trainings import Trainings

if TYPE_CHECKING:
    from shared.db.database import Transaction
    from shared.domain.people.organisations import Organisation


@dataclasses.dataclass
class Store(
    Organisations, Files, Signing, Links, Actions, Comments, Lists, Search, Trainings, Exports, Dashboards, Reminders, Erasures
):  # fmt: skip
    """Everything stored, of the organisation that the transaction is for. `today` is its calendar day."""

    tx: Transaction
    organisation: Organisation
    today: date
