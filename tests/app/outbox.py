"""Mail in the outbox."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from tests.outside.mailers import INVITATION


def queue(superuser: Any, *addresses: str, template: str = "invitation", facts: Any = None) -> None:
    """Mail that is owed."""
    for address in addresses:
        superuser.run(
            "insert into mails (id, to_email, language, template, facts) values (:id, :to, 'en', :template, cast(:facts as jsonb))",
            id=uuid4(),
            to=address,
            template=template,
            facts=json.dumps(INVITATION if facts is None else facts),
        )
