"""Who must sign a round and who may, from the organisation's policy and its active QA members; each person counts once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.domain.kernel.sentences import Sentence
from shared.domain.kernel.values import dataclass, replace

if TYPE_CHECKING:
    from shared.domain.people.organisations import Organisation


@dataclass(frozen=True)
class Delegation:
    """A delegate who signs in their own name instead of a named approver, from the first day to the last, both included."""

    approver_id: UUID
    delegate_id: UUID
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Approvers:
    """The policy's requirements and today's active QA members."""

    required: int
    named: tuple[UUID, ...]
    delegations: tuple[Delegation, ...]
    qa: frozenset[UUID]
    today: date

    def naming(self, approver_ids: Sequence[UUID]) -> Approvers:
        """A copy with further named approvers, each of whom must sign."""
        named = tuple(dict.fromkeys((*self.named, *approver_ids)))
        return replace(self, named=named, required=max(self.required, len(named)))

    def eligible(self, authors: Iterable[UUID]) -> frozenset[UUID]:
        """The QA members who didn't work on the change."""
        return self.qa - frozenset(authors)

    def stand_ins(self, approver_id: UUID, authors: Iterable[UUID]) -> frozenset[UUID]:
        """The named approver and today's delegates, without those who are not eligible."""
        delegates = {
            row.delegate_id for row in self.delegations if row.approver_id == approver_id and row.starts_on <= self.today <= row.ends_on
        }
        return self.eligible(authors) & ({approver_id} | delegates)

    def seated(self, authors: Iterable[UUID]) -> bool:
        """Whether a different person can sign for each named approver, because nobody signs twice (augmenting paths, Kuhn 1955)."""
        authors = frozenset(authors)
        seats: dict[UUID, UUID] = {}

        def seat(named: UUID, asked: set[UUID]) -> bool:
            for person in self.stand_ins(named, authors):
                if person not in asked:
                    asked.add(person)
                    if person not in seats or seat(seats[person], asked):
                        seats[person] = named
                        return True
            return False

        return all(seat(named, set()) for named in self.named)

    def may_sign(self, authors: Iterable[UUID]) -> frozenset[UUID]:
        """Everybody whose signature counts: named approvers, their delegates, and all eligible QA if more signatures are required."""
        authors = frozenset(authors)
        if self.required > len(self.named):
            return self.eligible(authors)
        return frozenset().union(*(self.stand_ins(named, authors) for named in self.named))

    def why_not(self, authors: Iterable[UUID]) -> Sentence | None:
        """Why the policy can't be met, as a sentence; None where it can."""
        authors = frozenset(authors)
        eligible = self.eligible(authors)
        if not eligible:
            return Sentence("no_eligible_qa", "Nobody eligible can approve this: it needs QA who didn't write, edit or submit any of it.")
        if len(eligible) < self.required:
            return Sentence(
                "too_few_eligible_qa",
                "Nobody eligible can approve this: {required} signatures are needed and {eligible} QA may sign.",
                required=self.required,
                eligible=len(eligible),
            )
        if not self.seated(authors):
            return Sentence(
                "named_approver_unable",
                "Nobody eligible can approve this: a named approver isn't active QA, or wrote part of it, and has no delegate today.",
            )
        return None


def policy(organisation: Organisation, kinds: Iterable[str], qa: frozenset[UUID], today: date) -> Approvers:
    """The strictest of the kinds' policies: the highest number, all named approvers."""
    rules: Any = organisation.setting("approval_policy")  # checked by settings.SETTINGS when it was stored
    rows = [rules[kind] for kind in dict.fromkeys(kinds) if rules.get(kind)]
    named = tuple(dict.fromkeys(UUID(one) for row in rows for one in row.get("approver_ids") or ()))
    given = [one for row in rows for one in row.get("delegates") or ()]
    people = [(UUID(one["approver_id"]), UUID(one["delegate_id"])) for one in given]
    days = [(date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"])) for one in given]
    delegations = tuple(Delegation(*pair, *window) for pair, window in zip(people, days, strict=True))
    least = max([1, *(row.get("signatures") or 1 for row in rows)])
    return Approvers(required=max(least, len(named)), named=named, delegations=delegations, qa=qa, today=today)
