"""Which lines differ between two texts, as a unified diff, in time that grows with the texts and not with their square.

difflib looks for the longest match again and again, which takes minutes for texts of thousands of lines. Here the shortest way of edits is
taken where there are few (Myers 1986); else lines that stand once in both texts are matched (patience diff), and what lies between them is
looked at anew, at last EDITS edits at a time.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence

from shared.domain.files.extents import lines_of, pages_of

EDITS = 30  # edits looked for at once; where there are more, the best way so far is taken and the search begins anew behind it
ROUNDS = 12  # how often unique lines are looked for again between unique lines
CONTEXT = 3  # lines shown around a change
Pages = tuple[Sequence[int], Sequence[int]]  # the page of each line, before and now
Span = tuple[int, int, int, int]  # from and to in the old lines, from and to in the new ones


def of_texts(old: str, new: str, unit: str | None = None, most: int | None = None) -> list[str]:
    """A unified diff of two texts, of the first `most` lines of each; `unit` is what their form feeds divide them into."""
    pages = (pages_of(old)[:most], pages_of(new)[:most]) if unit else None
    return changed(lines_of(old)[:most], lines_of(new)[:most], pages, unit or "")


def changed(
    old: Sequence[str], new: Sequence[str], pages: tuple[Sequence[int], Sequence[int]] | None = None, unit: str = "page"
) -> list[str]:
    """A unified diff of lines; with `pages`, each hunk says on which page, slide or sheet (`unit`) its changes stand."""
    hunks = list(_Linear(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT))
    said = ["--- before", "+++ after"] if hunks else []
    for hunk in hunks:
        (_, old_from, _, new_from, _), (_, _, old_to, _, new_to) = hunk[0], hunk[-1]
        where = f" {_where(hunk, pages, unit)}" if pages else ""
        said.append(f"@@ -{_range(old_from, old_to)} +{_range(new_from, new_to)} @@{where}")
        for tag, i1, i2, j1, j2 in hunk:
            if tag == "equal":
                said += [f" {line}" for line in old[i1:i2]]
            else:
                said += [f"-{line}" for line in old[i1:i2]]
                said += [f"+{line}" for line in new[j1:j2]]
    return said


def _range(start: int, end: int) -> str:
    length = end - start
    return str(start + 1) if length == 1 else f"{start + 1 if length else start},{length}"


def _where(hunk: Sequence[tuple[str, int, int, int, int]], pages: Pages, unit: str) -> str:
    """The pages on which the changed lines of a hunk stand; where they moved to another page, both."""
    before = [pages[0][line] for tag, i1, i2, _, _ in hunk if tag != "equal" for line in range(i1, i2)]
    after = [pages[1][line] for tag, _, _, j1, j2 in hunk if tag != "equal" for line in range(j1, j2)]
    if not before or not after:
        return _named(before or after, unit)
    here, there = _named(after, unit), _named(before, unit)
    return here if here == there else f"{here}, before {there}"


def _named(pages: Sequence[int], unit: str) -> str:
    first, last = min(pages), max(pages)
    return f"{unit} {first}" if first == last else f"{unit}s {first} to {last}"


class _Linear(difflib.SequenceMatcher[str]):
    """difflib's opcodes and hunks, over matches found in linear time."""

    a: Sequence[str]
    b: Sequence[str]

    def get_matching_blocks(self) -> list[difflib.Match]:
        """The runs of equal lines in their order, then an empty one at the end, as difflib has it."""
        numbers: dict[str, int] = {}
        old = [numbers.setdefault(line, len(numbers)) for line in self.a]
        new = [numbers.setdefault(line, len(numbers)) for line in self.b]
        found: list[list[int]] = []
        for i, j in sorted(_matches(old, new)):
            if found and (i, j) == (found[-1][0] + found[-1][2], found[-1][1] + found[-1][2]):
                found[-1][2] += 1
            else:
                found.append([i, j, 1])
        return [difflib.Match(*one) for one in (*found, (len(old), len(new), 0))]


def _matches(old: Sequence[int], new: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of equal lines in the same order in both, in any order here."""
    waiting: list[tuple[Span, int]] = [((0, len(old), 0, len(new)), ROUNDS)]
    while waiting:
        (i1, i2, j1, j2), rounds = waiting.pop()
        while i1 < i2 and j1 < j2 and old[i1] == new[j1]:
            yield i1, j1
            i1, j1 = i1 + 1, j1 + 1
        while i1 < i2 and j1 < j2 and old[i2 - 1] == new[j2 - 1]:
            i2, j2 = i2 - 1, j2 - 1
            yield i2, j2
        if not set(old[i1:i2]) & set(new[j1:j2]):
            continue
        end_i, end_j, matched = _way(old, new, (i1, i2, j1, j2))
        anchors = _unique(old, new, (i1, i2, j1, j2)) if rounds and (end_i, end_j) != (i2, j2) else []
        if not anchors:
            yield from matched
            yield from _by_edits(old, new, (end_i, i2, end_j, j2))
            continue
        for i, j in anchors:
            yield i, j
            waiting.append(((i1, i, j1, j), rounds - 1))
            i1, j1 = i + 1, j + 1
        waiting.append(((i1, i2, j1, j2), rounds - 1))


def _unique(old: Sequence[int], new: Sequence[int], span: Span) -> list[tuple[int, int]]:
    """The lines that stand once in both, as many as keep their order (the longest increasing run)."""
    i1, i2, j1, j2 = span
    once_old, once_new = Counter(old[i1:i2]), Counter(new[j1:j2])
    places = {new[j]: j for j in range(j1, j2) if once_new[new[j]] == 1}
    pairs = [(i, places[old[i]]) for i in range(i1, i2) if once_old[old[i]] == 1 and old[i] in places]
    ends: list[int] = []  # the smallest end of a run of each length
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for place, (_, j) in enumerate(pairs):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        if length == len(ends):
            ends.append(j)
            last.append(place)
        else:
            ends[length], last[length] = j, place
    run, place = [], last[-1] if last else -1
    while place >= 0:
        run.append(pairs[place])
        place = before[place]
    return run[::-1]


def _by_edits(old: Sequence[int], new: Sequence[int], span: Span) -> Iterator[tuple[int, int]]:
    """The matches on a short way of edits from the beginning of the span to its end."""
    i, i2, j, j2 = span
    while i < i2 and j < j2:
        i, j, matched = _way(old, new, (i, i2, j, j2))
        yield from matched


def _way(old: Sequence[int], new: Sequence[int], span: Span) -> tuple[int, int, list[tuple[int, int]]]:
    """The furthest that at most EDITS edits lead, and the matches on that way."""
    i1, i2, j1, j2 = span
    most_i, most_j = i2 - i1, j2 - j1
    reached = {1: 0}  # by diagonal (i - j), how far in the old lines
    trace: list[dict[int, int]] = []
    edits = 0
    for edits in range(min(EDITS, most_i + most_j) + 1):
        trace.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (diagonal != edits and reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1))
            i = reached[diagonal + 1] if down else reached[diagonal - 1] + 1
            j = i - diagonal
            while i < most_i and j < most_j and old[i1 + i] == new[j1 + j]:
                i, j = i + 1, j + 1
            reached[diagonal] = i
            if i >= most_i and j >= most_j:
                return i2, j2, _back(trace, i, j, (i1, j1))
    ends = [(reached[diagonal], reached[diagonal] - diagonal) for diagonal in range(-edits, edits + 1, 2)]
    i, j = max((end for end in ends if end[0] <= most_i and end[1] <= most_j), key=sum)
    return i1 + i, j1 + j, _back(trace, i, j, (i1, j1))


def _back(trace: Sequence[dict[int, int]], i: int, j: int, start: tuple[int, int]) -> list[tuple[int, int]]:
    """The matches on the way that led to (i, j)."""
    found = []
    for edits in range(len(trace) - 1, -1, -1):
        reached, diagonal = trace[edits], i - j
        if edits == 0:
            earlier_i, earlier_j = 0, 0
        else:
            down = diagonal == -edits or (diagonal != edits and reached.get(diagonal - 1, -1) < reached.get(diagonal + 1, -1))
            from_diagonal = diagonal + 1 if down else diagonal - 1
            earlier_i = reached[from_diagonal]
            earlier_j = earlier_i - from_diagonal
        while i > earlier_i and j > earlier_j:
            i, j = i - 1, j - 1
            found.append((start[0] + i, start[1] + j))
        i, j = earlier_i, earlier_j
    return found
