"""Random lives of changes, approvals and documents, in two organisations with every role, against a small model (21 CFR 11.10(f)).

The model says of every step whether it is open or how it is refused; the real functions must agree, and after each step the
records must be what the model says: never two versions in force, no gap in the versions, nothing of the other organisation.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.builders import company
from tests.journeys.days import LivesByTheCalendar
from tests.journeys.lives import Lives
from tests.product import Product


@pytest.mark.clause("11.10(f)")
def test_whatever_people_do_the_records_are_what_the_rules_say(product: Product) -> None:
    names = ("operator", "action_owner", "qa", "second_qa", "inspector")
    Lives.product, Lives.firms = product, [company(product, *names) for _ in range(2)]
    for firm in Lives.firms:
        firm.join("second_action_owner", "action_owner")
    Lives.connection = product.superuser()
    run_state_machine_as_test(
        LivesByTheCalendar,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    Lives.connection.close()
