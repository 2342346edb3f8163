"""Places for work that takes memory end, come in order, and are never all one organisation's."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from shared.domain.kernel.errors import Unavailable
from shared.domain.kernel.sentences import Sentence
from shared.outside.places import Places

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))


def test_an_organisation_that_fills_its_place_leaves_the_other_to_others() -> None:
    places, release = Places(2, 5, Sentence("full", "Full.")), threading.Event()

    def work(organisation: UUID) -> float:
        started = time.monotonic()
        with places.taken(organisation):
            waited = time.monotonic() - started
            if organisation == ONE:
                release.wait(5)
        return waited

    with ThreadPoolExecutor(6) as pool:
        hostile = [pool.submit(work, ONE) for _ in range(4)]
        time.sleep(0.1)
        assert max(pool.map(work, [TWO, THREE])) < 1, "the others weren't held up"
        release.set()
        assert len([each.result() for each in hostile]) == 4


def test_whoever_waits_too_long_is_told_and_leaves_no_trace() -> None:
    places = Places(1, 0.1, Sentence("full", "Many files are being checked."))
    with places.taken(ONE), pytest.raises(Unavailable, match="Many files") as refused, places.taken(TWO):
        pass
    assert refused.value.retry_after > 0
    with places.taken(TWO):
        pass


def test_a_place_is_free_again_whatever_happened_in_it() -> None:
    places = Places(1, 0.1, Sentence("full", "Full."))
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places.taken(ONE):
            raise ZeroDivisionError


def test_places_are_given_in_the_order_of_asking() -> None:
    places, order = Places(1, 5, Sentence("full", "Full.")), list[int]()

    def work(number: int) -> None:
        with places.taken(UUID(int=number)):
            order.append(number)

    with ThreadPoolExecutor(5) as pool, places.taken(ONE):
        for number in range(10, 15):
            pool.submit(work, number)
            time.sleep(0.05)
    assert order == list(range(10, 15))
