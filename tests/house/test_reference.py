"""The reference is what the code makes: it can't say anything else than what the server does."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from infra import reference, register
from infra.diagrams import svg
from infra.local import pages
from shared.domain.kernel.workflow import Workflow
from shared.domain.records.lifecycles import WORKFLOWS

EVERY = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=lambda workflow: workflow.kind)


@pytest.mark.clause("11.10(k), 11.30")
def test_the_reference_in_the_repository_is_the_one_that_the_code_makes() -> None:
    assert reference.FILE.read_text(encoding="utf-8") == reference.markdown(), "run python -m infra.reference"
    assert reference.LIMITS.read_text(encoding="utf-8") == reference.limits_markdown(), "run python -m infra.reference"
    assert reference.PERMISSIONS.read_text(encoding="utf-8") == reference.permissions(), "run python -m infra.reference"


@EVERY
def test_a_table_has_a_row_for_each_step_with_who_gate_function_and_signature(workflow: Workflow[Any]) -> None:
    rows = {row[0]: row for row in reference.steps(workflow).rows}
    assert len(rows) == len(list(workflow))
    for step in workflow:
        row = rows[step.name.replace("_", " ")]
        assert row[3] == step.who.words
        assert row[5] == (step.function or "–")
        assert row[6] == (step.meaning or "–")
        assert row[7].count(";") == max(0, len(step.needs) + len(step.who.relations) - 1)


@EVERY
def test_a_diagram_draws_each_way_of_each_step(workflow: Workflow[Any]) -> None:
    lines = reference.mermaid(workflow).splitlines()
    ways = [(source, step.target_from(source), step.name) for step in workflow for source in step.sources]
    drawn = [line.strip() for line in lines if "-->" in line and "[*]" not in line]
    assert len(drawn) == len(ways)
    for source, target, name in ways:
        assert any(line.startswith(f"{source} --> {target}: {name.replace('_', ' ')} (") for line in drawn)


@EVERY
def test_a_picture_is_well_formed_and_holds_every_status_and_step(workflow: Workflow[Any]) -> None:
    picture = ET.fromstring(svg(workflow))  # noqa: S314 - our own
    said = [element.text for element in picture.iter() if element.tag.endswith("text")]
    assert said == [name.replace("_", " ") for name in (*workflow.statuses, *(step.name for step in workflow))]
    starts = [element for element in picture.iter() if element.get("class", "").startswith("from")]
    assert len(starts) == sum(len(step.sources) for step in workflow)


def test_the_reference_lists_every_function_of_the_register() -> None:
    assert {row[0] for row in reference.functions().rows} == {function.name for function in register.read()}
    assert all(row[4].endswith(".") for row in reference.functions().rows)


def test_the_local_page_says_the_same_and_loads_nothing_from_elsewhere() -> None:
    page, media_type = pages.reference_file("lifecycles") or (b"", "")
    assert media_type.startswith("text/html")
    text = page.decode()
    for workflow in WORKFLOWS.values():
        assert f'id="{workflow.kind}"' in text
    assert "http://" not in text
    assert "https://" not in text
    assert "<script" not in text
    assert b'href="/docs/lifecycles"' in pages.reference()
