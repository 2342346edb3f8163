"""The reference that is made from the code: every lifecycle as a diagram and a table, and every function with who may call it.

`python -m infra.reference` writes docs/lifecycles.md; the stack on one machine serves the same at /docs/lifecycles. It also writes
docs/limits.md, how much anybody may ask for, and shared/app/permissions.json, whom each door admits. A test fails where a file isn't what
this makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from infra import openapi, register
from infra.diagrams import gate, svg
from shared.answers.pages import MOST_BYTES as PAGE_BYTES
from shared.domain.events.event_types import EVENT_TYPES
from shared.domain.events.reporting import RULES
from shared.domain.kernel.workflow import SAME, SYSTEM, Condition, Step, Workflow, words
from shared.domain.people import limits
from shared.domain.records.lifecycles import WORKFLOWS
from shared.domain.waiting.waits import ONCE, WAITS, WEEKLY, Wait
from shared.doors import arrival
from shared.doors.body import MOST_ITEMS
from shared.doors.turns import share_of
from shared.doors.wire import BODY_SECONDS, SEND_SECONDS
from shared.doors.worker import HEAD_BYTES, HEAD_SECONDS

FILE = Path(__file__).resolve().parents[1] / "docs" / "lifecycles.md"
LIMITS = FILE.with_name("limits.md")
PERMISSIONS = FILE.parents[1] / "shared" / "app" / "permissions.json"
MADE = "Made from the code by `python -m infra.reference`: change the code, then run it again."
INTRODUCTION = (
    "A gate says what a step asks for besides the right person: nothing (direct), the taker's signature (signed), or an approved change"
    " (change). The system's own steps follow from others or come with time. Whatever isn't in a table is refused."
)
BEYOND = (
    "Beyond a quota the answer is 429 with a sentence and `Retry-After`. A period begins with the first call in it. A step that is refused"
    " for another reason doesn't count, nor does the answer that an Idempotency-Key repeats."
)
SHARED = (
    "A process of {threads} threads gives one organisation at most {ordinary} at once, and beside them {heavy} for the functions that take"
    " long: {functions}. While others are there, these leave them half of the time. Its other requests wait their turn, {waiting} for each"
    " token where Cloud Run counts them, and the next is a 429."
)
PERIODS = {limits.MINUTE: "minute", limits.HOUR: "hour", limits.DAY: "24 hours"}
STEPS = ("Step", "From", "To", "Who", "Gate", "Function", "Signature", "Conditions")
FUNCTIONS = ("Function", "Verb", "Area", "Who may", "What it does")
WAITING = ("What is to be done", "Of", "While it is", "For", "Ends by", "Due", "Told at once", "Reminded", "Escalated")
WAITS_WORDS = (
    "Everything that waits, for whom and until when: the work list, reminders and escalation are made of these rows."
    " Signers are the members of QA whose signature counts. It escalates when it is overdue for more than so many days."
)
TYPES = ("Type", "Permitted beforehand", "Investigation", "CAPA plan", "Authority", "Days to close", "Also needs")
TYPES_WORDS = (
    "What an event asks for before it closes, by its type and, where three are given, by its severity (minor, major, critical). A plan that"
    " was begun is carried out, or a reason says why none is needed. QA decides about an authority, and the event is due so many days after"
    " its report unless QA says otherwise."
)
AUTHORITIES = ("Rule", "Source", "Deadline after the day of awareness")


@dataclass(frozen=True)
class Table:
    """A heading over rows of plain text."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]


def steps(workflow: Workflow[Any]) -> Table:
    """The steps of one lifecycle."""
    return Table(STEPS, [_row(step) for step in workflow])


def waits() -> Table:
    """What waits in which states, for whom, and what ends it."""
    return Table(WAITING, [_wait(wait) for wait in WAITS])


def event_types() -> Table:
    """What each type of event asks for."""
    return Table(
        TYPES,
        [
            (
                words(name),
                "yes" if row.permitted else "–",
                _by_severity(row.investigation),
                _by_severity(row.plan),
                row.authority,
                _by_severity(row.days),
                ", ".join(map(words, row.closing)) or "–",
            )
            for name, row in EVENT_TYPES.items()
        ],
    )


def _by_severity(found: Sequence[object]) -> str:
    return ", ".join(map(str, found if len(set(found)) > 1 else found[:1]))


def authorities() -> Table:
    """By which rules an authority is told, and until when."""
    days = {name: "as QA gives it" if rule.days is None else f"{rule.days} {'working ' * rule.working}days" for name, rule in RULES.items()}
    return Table(AUTHORITIES, [(name, rule.source, days[name]) for name, rule in RULES.items()])


def _wait(wait: Wait) -> tuple[str, ...]:
    while_it_is = ", ".join(map(words, wait.statuses)) + (f", if {words(wait.condition)}" if wait.condition else "")
    days = "" if wait.days is None else f"{wait.days} days later"
    due = ", else ".join(filter(None, ("on its own day" if wait.own else "", days)))
    again = {None: "", WEEKLY: ", then every week", ONCE: ", and once after"}[wait.again]
    reminded = f"{', '.join(map(str, wait.reminded))} days before{again}"
    escalated = ", ".join(f"{told} after {days}" for told, days in wait.escalated)
    told = "yes" if wait.told else "–"
    return (wait.what, wait.workflow.noun, while_it_is, wait.holder, words(wait.step), due, told, reminded, escalated or "–")


def _row(step: Step[Any]) -> tuple[str, ...]:
    target = "stays" if step.target == SAME or set(step.sources) == {step.target} else words(step.target)
    return (
        words(step.name),
        ", ".join(map(words, step.sources)),
        target,
        step.who.words,
        gate(step),
        step.function or "–",
        step.meaning or "–",
        _conditions(step),
    )


def _conditions(step: Step[Any]) -> str:
    needs = [*(relation.name for relation in step.who.relations), *map(_name, step.needs)]
    return "; ".join(words(need).strip() for need in needs) or "–"


def _name(condition: Condition[Any]) -> str:
    return str(getattr(condition, "__name__", "a condition")).strip("_")


@cache
def functions() -> Table:
    """Every function: those that people call by their doors, those of the schedule by their register."""
    doors = openapi.doors()
    rows = []
    for function in register.read():
        if function.name in doors:
            door = doors[function.name][1]
            rows.append((function.name, door.method, function.area, door.who.words, _sentence(door.function.__doc__)))
        else:
            rows.append((function.name, function.trigger, function.area, SYSTEM.words, _sentence(_module_words(function))))
    return Table(FUNCTIONS, sorted(rows, key=lambda row: (row[2], row[0])))


def _module_words(function: register.Function) -> str | None:
    import ast

    return ast.get_docstring(ast.parse(function.source.read_text()))


def _sentence(documentation: str | None) -> str:
    return " ".join((documentation or "").strip().partition("\n\n")[0].split())


def mermaid(workflow: Workflow[Any]) -> str:
    """The lifecycle as GitHub draws it."""
    lines = ["stateDiagram-v2", *(f"    {status}: {words(status)}" for status in workflow.statuses)]
    begins = workflow.statuses[0]
    lines += [f"    [*] --> {begins}"]
    for step in workflow:
        lines += [f"    {source} --> {step.target_from(source)}: {words(step.name)} ({gate(step)})" for source in step.sources]
    return "\n".join(lines)


def markdown() -> str:
    """The file."""
    parts = ["# Lifecycles and functions", MADE, INTRODUCTION]
    for workflow in WORKFLOWS.values():
        parts += [f"## {_title(workflow)}", f"```mermaid\n{mermaid(workflow)}\n```", _as_markdown(steps(workflow), code=(5,))]
    parts += ["## What waits", WAITS_WORDS, _as_markdown(waits(), code=(0,))]
    parts += ["## Types of events", TYPES_WORDS, _as_markdown(event_types(), code=()), _as_markdown(authorities(), code=(0,))]
    return "\n\n".join([*parts, "## Functions", _as_markdown(functions(), code=(0,))]) + "\n"


def permissions() -> str:
    """The groups that the door of each function of an organisation admits, as JSON."""
    doors = {name: door for name, (_, door) in openapi.doors().items() if door.organisation and not door.open_to_visitors}
    return json.dumps({name: sorted(door.who.groups) for name, door in sorted(doors.items())}, indent=1) + "\n"


def limits_markdown() -> str:
    """The file of limits."""
    quotas = Table(
        ("Function", "For each", "At most", "In"), [(q.function, q.per, f"{q.most:,}", PERIODS[q.seconds]) for q in limits.QUOTAS]
    )
    bounds = (
        ("a request's head", f"{HEAD_BYTES // 1024} KiB, {HEAD_SECONDS:g} seconds"),
        ("the body of a step", f"{arrival.MOST_BYTES // 1024} KiB, {BODY_SECONDS:g} seconds"),
        ("fields in one object of a body", f"{arrival.MOST_NAMES:,}"),
        ("values in a body", f"{arrival.MOST_VALUES:,}"),
        ("levels of a body", str(arrival.DEEPEST)),
        ("items of a list in a body", str(MOST_ITEMS)),
        ("a page of a list", f"100 items, {PAGE_BYTES // 1024 // 1024} MiB, one item at least"),
        ("the time in which a client takes an answer", f"{SEND_SECONDS:g} seconds"),
    )
    share = share_of(8)
    words = SHARED.format(
        threads=8,
        ordinary=share.ordinary,
        heavy=share.heavy,
        waiting=share.waiting,
        functions=", ".join(f"`{one}`" for one in sorted(limits.HEAVY)),
    )
    parts = ["# Limits", MADE, "## Quotas", BEYOND, _as_markdown(quotas, code=(0,)), "## Shares", words]
    return "\n\n".join([*parts, "## One request", _as_markdown(Table(("What", "At most"), bounds), code=())]) + "\n"


def _as_markdown(table: Table, code: Iterable[int]) -> str:
    marked = set(code)

    def cells(row: Sequence[str]) -> str:
        said = [f"`{cell}`" if number in marked and cell != "–" else cell.replace("|", r"\|") for number, cell in enumerate(row)]
        return f"| {' | '.join(said)} |"

    return "\n".join([f"| {' | '.join(table.heading)} |", f"|{' --- |' * len(table.heading)}", *map(cells, table.rows)])


def html() -> str:
    """The same as the body of a page, with pictures that need nothing from elsewhere."""
    links = " · ".join(f'<a href="#{workflow.kind}">{escape(workflow.noun)}</a>' for workflow in WORKFLOWS.values())
    legend = " ".join(f'<span class="key {name}">{name}</span>' for name in ("direct", "signed", "change", "system"))
    parts = [
        f"<p>{escape(INTRODUCTION)}</p><p>{links} · <a href='#waits'>what waits</a> · <a href='#functions'>functions</a></p><p>{legend}</p>"
    ]
    for workflow in WORKFLOWS.values():
        parts.append(f'<h2 id="{workflow.kind}">{escape(_title(workflow))}</h2><section>{svg(workflow)}</section>')
        parts.append(f"<section>{_as_html(steps(workflow))}</section>")
    parts.append(f'<h2 id="waits">What waits</h2><p>{escape(WAITS_WORDS)}</p><section>{_as_html(waits())}</section>')
    parts.append(f'<h2 id="event_types">Types of events</h2><p>{escape(TYPES_WORDS)}</p><section>{_as_html(event_types())}</section>')
    parts.append(f"<section>{_as_html(authorities())}</section>")
    return "".join([*parts, f'<h2 id="functions">Functions</h2><section>{_as_html(functions())}</section>'])


def _as_html(table: Table) -> str:
    heads = "".join(f"<th>{escape(head)}</th>" for head in table.heading)
    rows = ("".join(f"<td>{_cell(cell)}</td>" for cell in row) for row in table.rows)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"


def _cell(cell: str) -> str:
    return f"<code>{escape(cell)}</code>" if cell.isidentifier() and "_" in cell else escape(cell)


def _title(workflow: Workflow[Any]) -> str:
    return workflow.noun[:1].upper() + workflow.noun[1:]


def main() -> None:
    """Write the files."""
    for file, made in ((FILE, markdown()), (LIMITS, limits_markdown()), (PERMISSIONS, permissions())):
        file.write_text(made, encoding="utf-8")
        print(f"{file.parent.name}/{file.name} is made.")


if __name__ == "__main__":
    main()
