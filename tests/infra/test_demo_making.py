"""What a start does about the demo organisation's year before and while it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local.demo_year import making, tables
from infra.local.place import Place, Ports


@pytest.fixture
def at(tmp_path: Path) -> Place:
    """A place with data in it."""
    found = Place(tmp_path, Ports())
    for directory in found.data:
        directory.mkdir(parents=True)
        (directory / "kept").touch()
    return found


def test_what_an_interrupted_start_made_is_thrown_away_and_keys_and_logs_are_kept(at: Place) -> None:
    making.begun(at).touch()
    assert making.forget_unfinished(at)
    assert {directory for directory in at.data if (directory / "kept").exists()} == {at.keys, at.logs, at.run}
    assert not making.begun(at).exists()


def test_nothing_is_thrown_away_where_no_start_was_interrupted(at: Place) -> None:
    assert not making.forget_unfinished(at)
    assert all((directory / "kept").exists() for directory in at.data)


@pytest.mark.parametrize(("moves", "lines"), [(True, 1), (False, 1)])
def test_progress_is_one_line_that_moves_on_or_a_line_now_and_then(capsys: pytest.CaptureFixture[str], *, moves: bool, lines: int) -> None:
    acts = tables.acts(tables.Calendar(datetime(2026, 3, 2, 12, tzinfo=UTC)))[:10]
    progress = making.Progress(len(acts))
    progress.moves = moves
    for act in acts:
        progress.show(act)
    progress.end()
    said = capsys.readouterr().out
    assert said.count("\n") == lines
    assert said.count("%") == (len(acts) if moves else 1)
    assert "  0 %, 28 February 2025" in said or "  0 %, 27 February 2025" in said
