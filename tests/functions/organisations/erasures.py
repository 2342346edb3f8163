"""The erasure of a person, through the function."""

from __future__ import annotations

from tests.builders import Colleague
from tests.product import Answer

BASIS = "Asked for on 2 November; nothing but signatures must be kept"


def erase(by: Colleague, person_id: str, basis: str = BASIS) -> Answer:
    return by.sign("erase_person", "person", person_id, "erased", person_id=person_id, basis=basis)
