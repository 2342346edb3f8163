"""Answers about a person's training file."""

from shared.answers.parts import Pointer
from shared.answers.signatures import Signature
from shared.answers.trainings import AssignmentBrief, QuizResult


class FiledAssignment(AssignmentBrief):
    """An assignment in a person's training file, with the document that was learnt, the results and the signatures."""

    document: Pointer | None
    results: list[QuizResult]
    signatures: list[Signature]
