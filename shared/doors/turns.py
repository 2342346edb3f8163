"""Whose request gets the next free thread: organisations take turns, and in each its people do.

A request's head tells the organisation and the token long before either is proven. So a name in a head may only ever slow the requests
of the same organisation, and a token only itself: whoever sends another organisation's id waits with it and is refused, and its people
go on taking their turns.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

from shared.domain.kernel.values import dataclass

Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Head:
    """What a request's head says: the organisation, the token (empty where there is none), and whether its function takes long."""

    organisation: str
    token: str
    heavy: bool

    @property
    def group(self) -> tuple[str, bool]:
        """Those that share one place: an organisation's ordinary requests, or its heavy ones; without an organisation, a person's."""
        return self.organisation or self.token, self.heavy


@dataclass(frozen=True)
class Share:
    """How many threads one organisation may hold, for heavy functions too, and how many requests of one token may wait."""

    ordinary: int
    heavy: int
    waiting: int


def share_of(threads: int, waiting: int | None = None) -> Share:
    """Half the threads for one organisation, and an eighth for its heavy functions.

    Cloud Run takes an instance with as many requests as threads for full. So beyond a quarter of the threads nothing waits, unless
    `waiting` says otherwise.
    """
    return Share(max(1, threads // 2), max(1, threads // 8), max(1, threads // 4) if waiting is None else waiting)


class Turns(Generic[Item]):
    """The requests that wait for a thread, and how many each organisation has under way."""

    def __init__(self, threads: int, share: Share) -> None:
        self.threads = threads
        self.share = share
        self.under_way: dict[Item, Head] = {}
        self.held: Counter[tuple[str, bool]] = Counter()
        self.queues: dict[tuple[str, bool], dict[str, deque[tuple[Item, Head]]]] = {}

    def add(self, item: Item, head: Head) -> bool:
        """Let a request wait for its turn; False where its token has too many waiting already."""
        queue = self.queues.setdefault(head.group, {}).setdefault(head.token, deque())
        if len(queue) >= self.share.waiting:
            return False
        queue.append((item, head))
        return True

    def next(self) -> Item | None:
        """The request whose turn it is, which from now on is under way; None where no thread is free for any that waits."""
        if len(self.under_way) >= self.threads:
            return None
        group = next((one for one in self.queues if self._may_go(one)), None)
        if group is None:
            return None
        people = self.queues.pop(group)
        token, queue = next(iter(people.items()))
        item, head = queue.popleft()
        del people[token]
        if queue:
            people[token] = queue  # behind the others of its organisation
        if people:
            self.queues[group] = people  # behind the other organisations
        self.under_way[item] = head
        self.held[group] += 1
        return item

    def done(self, item: Item) -> None:
        """A request isn't under way any more."""
        head = self.under_way.pop(item, None)
        if head is not None:
            self.held[head.group] -= 1
            self.held += Counter()  # forgets those that hold nothing

    def _may_go(self, group: tuple[str, bool]) -> bool:
        _, heavy = group
        if not heavy:
            return self.held[group] < self.share.ordinary
        every = sum(count for (_, one), count in self.held.items() if one)
        return self.held[group] < self.share.heavy and every < self.share.ordinary
