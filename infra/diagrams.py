"""A lifecycle as a picture (SVG): a column for each status, a row for each step, an arrow from where to where. No line crosses a word."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from shared.domain.kernel.workflow import SYSTEM, Gate, Step, Workflow, words

if TYPE_CHECKING:
    from collections.abc import Iterator

LEFT, COLUMN, TOP, ROW = 150, 128, 46, 34  # points: the steps' names, a status, the heads, a step
GATES = {Gate.DIRECT: "direct", Gate.SIGNED: "signed", Gate.CHANGE: "change"}


def gate(step: Step[Any]) -> str:
    """Through what a step goes, in one word: the system's steps have no gate."""
    return "system" if step.who is SYSTEM else GATES[step.gate]


def svg(workflow: Workflow[Any]) -> str:
    """The picture of one lifecycle."""
    columns = {status: LEFT + COLUMN * (number + 0.5) for number, status in enumerate(workflow.statuses)}
    steps = list(workflow)
    width, height = LEFT + COLUMN * len(columns), TOP + ROW * len(steps) + 12
    drawn = [
        *_columns(columns, height),
        *(line for number, step in enumerate(steps) for line in _step(step, columns, TOP + ROW * (number + 0.5))),
    ]
    label = f"The lifecycle: {escape(workflow.noun)}"
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg class="lifecycle" role="img" aria-label="{label}" {size}>{"".join(drawn)}</svg>'


def _columns(columns: dict[str, float], height: float) -> Iterator[str]:
    for status, x in columns.items():
        yield f'<line class="life" x1="{x}" y1="{TOP - 10}" x2="{x}" y2="{height - 6}"/>'
        yield f'<rect class="status" x="{x - COLUMN / 2 + 6}" y="8" width="{COLUMN - 12}" height="26" rx="7"/>'
        yield f'<text class="name" x="{x}" y="25" text-anchor="middle">{escape(words(status))}</text>'


def _step(step: Step[Any], columns: dict[str, float], y: float) -> Iterator[str]:
    kind = gate(step)
    yield f'<text class="step {kind}" x="{LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(words(step.name))}</text>'
    stays = [status for status in step.sources if step.target_from(status) == status]
    moves = [status for status in step.sources if status not in stays]
    for status in stays:
        yield _loop(kind, columns[status], y)
    if moves:
        target, starts = columns[step.target], sorted(columns[status] for status in moves)
        for side in ([x for x in starts if x < target], [x for x in starts if x > target]):
            if side:
                far = min(side) if side[0] < target else max(side)
                yield f'<line class="arrow {kind}" x1="{far}" y1="{y}" x2="{target - 8 if far < target else target + 8}" y2="{y}"/>'
        yield from (f'<circle class="from {kind}" cx="{x}" cy="{y}" r="4"/>' for x in starts)
        for before in (True, False):
            if any((x < target) is before for x in starts):
                yield _head(kind, target, y, -1 if before else 1)


def _loop(kind: str, x: float, y: float) -> str:
    curve = f'<path class="arrow {kind}" d="M {x} {y - 7} C {x + 30} {y - 13}, {x + 30} {y + 13}, {x + 7} {y + 8}"/>'
    return f'{curve}<circle class="from {kind}" cx="{x}" cy="{y - 7}" r="4"/>{_head(kind, x, y + 7, 1)}'


def _head(kind: str, x: float, y: float, side: int) -> str:
    return f'<path class="head {kind}" d="M {x} {y} l {side * 10} -5 v 10 z"/>'
