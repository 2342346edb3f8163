"""The model of trainings and their assignments, for random lives: who is assigned what, and what each step still needs."""

from __future__ import annotations

from typing import Any

from tests.domain.lifecycles import LEARNERS
from tests.journeys.processes import QA, ROLES, STAFF, Change, Thing

ATTEMPTS = 2
QUESTIONS = [
    {"text": "Which gloves?", "kind": "single", "options": [{"text": "Blue", "correct": True}, {"text": "Red", "correct": False}]},
    {"text": "What is weighed?", "kind": "single", "options": [{"text": "Powder", "correct": True}, {"text": "People", "correct": False}]},
]
RIGHT = {"Blue", "Powder"}
HOW: dict[str, dict[str, Any]] = {
    "read": {"method": "read", "description": "How to weigh"},
    "quiz": {"method": "quiz", "quiz": {"questions": QUESTIONS, "pass_mark": 100, "attempts": ATTEMPTS}},
    "classroom": {"method": "classroom"},
    "nothing": {"method": "read"},
}
COUNT = {"completed", "waived"}


class Training(Thing):
    """A training; its draft lives in the change that began it. `since` is the newest version that asks for learning it again."""

    kind = "training"

    def __init__(self, firm: int, id_: str, by: str, content: dict[str, Any]) -> None:
        super().__init__(firm, id_, "draft", content=content, drafted_by=by)
        self.since = 0
        self.assignments: list[Assignment] = []

    def seen_by(self, name: str) -> bool:
        """A reader sees those in force."""
        return name in STAFF or (ROLES[name] == "operator" and self.status == "active")

    @property
    def base(self) -> dict[str, Any]:
        """Before version 1 there is nothing: its draft lives in the change."""
        return self.content if self.versions else {}

    def unmet(self, step: str, given: dict[str, Any]) -> bool:
        """There is something to learn from, or a trainer."""
        return step != "retire" and given.get("how", "nothing") == "nothing"

    def discarded(self) -> None:
        """A draft without its change is void."""
        if not self.versions:
            self.status, self.drafted_by = "void", None

    def apply(self, change: Change) -> None:
        """A version frozen, or the training retired."""
        self.drafted_by = None
        if change.step == "retire":
            self.moved("retire")
            return
        super().apply(change)
        self.since = self.versions if not change.content.get("no_retraining_reason") else self.since

    def open_to(self, name: str) -> Assignment | None:
        """Somebody's open assignment."""
        return next((one for one in self.assignments if one.learner == name and not one.over), None)

    def settled(self) -> set[str]:
        """Ends what an approval ends; gives whom it is assigned to now (domain: a newer version came, left the audience)."""
        wanted = {name for name, role in ROLES.items() if role in self.content["roles"]} if self.status == "active" else set()
        by_hand = set()
        for one in self.assignments:
            if one.over or (one.version == self.versions and self.status == "active" and (one.by_hand or one.learner in wanted)):
                continue
            leaves = self.status == "active" and not one.by_hand and one.learner not in wanted
            one.status = "withdrawn" if leaves else "obsolete"
            by_hand |= {one.learner} if one.by_hand and self.status == "active" else set()
        trained = {one.learner for one in self.assignments if one.status in COUNT and one.version >= self.since}
        return by_hand | {name for name in wanted - trained if not self.open_to(name)}


class Assignment(Thing):
    """What one person must learn: a version of a training."""

    kind = "assignment"

    def __init__(self, training: Training, id_: str, learner: str, *, by_hand: bool) -> None:
        super().__init__(training.firm, id_, "assigned", content=dict(training.content))
        self.training, self.learner, self.by_hand, self.version = training, learner, by_hand, training.versions
        self.attempts, self.passed, self.begun, self.signed = 0, False, False, False

    @property
    def how(self) -> str:
        """The method."""
        return str(self.content["how"])

    @property
    def trainer(self) -> str | None:
        """The trainer whom it names, unless that is the learner."""
        named = self.content.get("trainer")
        return None if named == self.learner else named

    def seen_by(self, name: str) -> bool:
        """Its learner, its trainer and the staff."""
        return name in STAFF or name in {self.learner, self.trainer}

    def barred(self, step: str, name: str) -> bool:
        """The learner learns; the trainer, or else QA, assesses; nobody decides about their own."""
        relation = self.row(step).relation
        if relation == "learner":
            return name != self.learner
        return name == self.learner or (relation == "trainer" and (name != self.trainer if self.trainer else name not in QA))

    def blocked(self, step: str) -> bool:
        """What each step needs of the method, the quiz and who signed before."""
        quiz, taught = self.how == "quiz", self.how == "classroom"
        return {
            "take_quiz": not quiz or self.passed,
            "answer_quiz": not quiz or self.passed or not self.begun,
            "attend": not taught or self.signed,
            "complete": taught or (quiz and not self.passed),
            "assess": not taught or not self.signed,
        }.get(step, False)

    def answered(self, *, rightly: bool) -> None:
        """An attempt at the quiz ended; the last one that failed locks it."""
        self.attempts, self.begun, self.passed = self.attempts + 1, False, rightly
        if not rightly and self.attempts == ATTEMPTS:
            self.status = "locked"


def learners() -> list[str]:
    """Who can be trained."""
    return [name for name, role in ROLES.items() if role in LEARNERS]
