"""Makes the demo organisation's year once; what an interrupted start made of it is thrown away, and the next start makes it anew."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import time
from typing import TYPE_CHECKING

from infra.local import demo_organisation, identity, postgres
from infra.local.demo_year import clock, tables
from infra.local.demo_year.teller import Teller
from infra.local.guest import Refused
from infra.local.http_call import Unreachable

if TYPE_CHECKING:
    from pathlib import Path

    from infra.local.demo_year.tables import Act
    from infra.local.place import Place

LINE = 78  # characters of the line of progress
WITHOUT_TERMINAL = 10.0  # seconds between two lines where the line can't be written over


def begun(at: Place) -> Path:
    """Exists while the year is being made."""
    return at.run / "demo-year-begun"


def forget_unfinished(at: Place) -> bool:
    """Throw away what an interrupted start has made, which is all that there is: nobody was told that it was ready."""
    if not begun(at).exists():
        return False
    for directory in (at.postgres, at.storage, at.mail, at.warehouse, at.identity):
        shutil.rmtree(directory, ignore_errors=True)
    begun(at).unlink()
    return True


def is_untouched(at: Place) -> bool:
    """Whether nobody has ever been in this database."""
    return postgres.ask(at.socket, postgres.DATABASE, "select not exists (select from people)") == [[True]]


def make(at: Place) -> str:
    """Live the year in an untouched database; returns a sentence where an act was refused: what there is by then stays."""
    begun(at).touch()
    calendar = tables.Calendar(dt.datetime.now(dt.UTC))
    todo = tables.acts(calendar)
    progress = Progress(len(todo))
    with clock.turned(at.socket) as turned:
        year = Teller(at, turned, calendar)
        for act in todo:
            progress.show(act)
            try:
                year.tell(act)
            except (Refused, Unreachable, LookupError, RuntimeError, TypeError, ValueError) as error:
                progress.end()
                begun(at).unlink()  # what there is by now is the user's
                return f"The demo organisation's year broke off on {act.at:%d %B %Y} ({act.who or 'a job'}, {act.do}): {error}"
    progress.end()
    identity.Keeper(at).keep()
    demo_organisation.lived(at).touch()
    demo_organisation.made(at).touch()
    begun(at).unlink()
    return ""


class Progress:
    """One line that moves on, or where the output is no terminal a line now and then."""

    def __init__(self, acts: int) -> None:
        self.acts, self.done, self.said = acts, 0, 0.0
        self.moves = sys.stdout.isatty()

    def show(self, act: Act) -> None:
        """Say how far the year has come."""
        said = f"Demo Pharma lives its year: {self.done * 100 // self.acts:>3} %, {act.at:%d %B %Y}"
        self.done += 1
        if self.moves:
            sys.stdout.write(f"\r{said:<{LINE}}")
            sys.stdout.flush()
        elif time.monotonic() - self.said > WITHOUT_TERMINAL:
            self.said = time.monotonic()
            print(said, flush=True)

    def end(self) -> None:
        """Leave the line."""
        if self.moves:
            print(flush=True)
