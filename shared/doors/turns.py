"""Whose request gets the next free thread: organisations take turns, and in each its people do.

A request's head tells the organisation and the token long before either is proven. So a name in a head may only ever slow the requests
of the same organisation, and a token only itself: whoever sends another organisation's id waits with it and is refused, and its people
go on taking their turns.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from shared.domain.kernel.values import dataclass

Item = TypeVar("Item", bound=Hashable)
Group = tuple[str, bool]
LATELY = 2.0  # seconds for which an organisation still counts as there
LONGEST_REST = 1.0  # seconds


@dataclass(frozen=True)
class Head:
    """What a request's head says: the organisation, the token (empty where there is none), and whether its function takes long."""

    organisation: str
    token: str
    heavy: bool

    @property
    def group(self) -> Group:
        """Those that share one place: an organisation's ordinary requests, or its heavy ones; without an organisation, a person's."""
        return self.organisation or self.token, self.heavy


@dataclass(frozen=True)
class Share:
    """How many threads one organisation may hold, how many may work for it while others are there too, and what may wait.

    `heavy` is for the functions that take long, `waiting` the requests of one token.
    """

    ordinary: int
    among_others: int
    heavy: int
    waiting: int


def share_of(threads: int, waiting: int | None = None) -> Share:
    """Half the threads for one organisation; an eighth works for it while others are there, and an eighth for its heavy functions.

    All threads share one processor: what one organisation has at work there divides the speed of every other. And Cloud Run takes an
    instance with as many requests as threads for full: beyond a quarter of the threads nothing waits, unless `waiting` says otherwise.
    """
    eighth = max(1, threads // 8)
    return Share(max(1, threads // 2), eighth, eighth, max(1, threads // 4) if waiting is None else waiting)


class Turns(Generic[Item]):
    """The requests that wait for a thread, and those under way."""

    def __init__(self, threads: int, share: Share, works: Callable[[Item], bool] = lambda _: True) -> None:
        """`works` tells whether a request under way is at work now, and doesn't merely wait for its body."""
        self.threads = threads
        self.share = share
        self.works = works
        self.under_way: dict[Item, Head] = {}
        self.queues: dict[Group, dict[str, deque[tuple[Item, Head]]]] = {}
        self.seen: dict[str, float] = {}  # when each organisation was last there; the longest ago first

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
        self._note(group)
        return item

    def done(self, item: Item) -> None:
        """A request isn't under way any more."""
        head = self.under_way.pop(item, None)
        if head is not None:
            self._note(head.group)

    def rest(self, item: Item, took: float) -> float:
        """For how long a heavy request's place stays taken once it is answered: as long as it took, while another organisation is there.

        So the heavy requests of one organisation, sent one after the other, have half of the processor's time at most. Threads ask.
        """
        head, now = self.under_way.get(item), time.monotonic()
        if head is None or not head.heavy:
            return 0.0
        others = any(one != head.group[0] and now - at <= LATELY for one, at in list(self.seen.items()))
        return min(took, LONGEST_REST) if others else 0.0

    def _may_go(self, group: Group) -> bool:
        whose, heavy = group
        held = [item for item, head in self.under_way.items() if head.group == group]
        if heavy:
            every = sum(head.heavy for head in self.under_way.values())
            return len(held) < self.share.heavy and every < self.share.ordinary
        most = self.share.among_others if self._others(whose) else self.share.ordinary
        return len(held) < self.share.ordinary and sum(map(self.works, held)) < most

    def _others(self, whose: str) -> bool:
        """Whether another organisation is there, or was a moment ago."""
        now = time.monotonic()
        while self.seen and now - next(iter(self.seen.values())) > LATELY:
            del self.seen[next(iter(self.seen))]
        return any(one != whose for one in self.seen) or any(one != whose for one, _ in self.queues)

    def _note(self, group: Group) -> None:
        whose, _ = group
        self.seen.pop(whose, None)
        self.seen[whose] = time.monotonic()
