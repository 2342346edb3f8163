"""The difference between the schedules declared and found, for random ones: afterwards ours are as declared, others as before."""

from __future__ import annotations

import dataclasses

from google.cloud import scheduler_v1 as api
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import schedules
from infra.jobs import PREFIX, Schedule, difference
from tests.infra.cloud import CLOUD, jobs, present

wanted = st.lists(
    jobs.filter(lambda each: each.job.startswith(PREFIX)).map(
        lambda each: dataclasses.replace(each, broken=False, http_target=dataclasses.replace(each.http_target, others=""))
    ),
    unique_by=lambda each: each.job,
)


def after(found: list[Schedule], new: list[Schedule]) -> dict[str, Schedule]:
    """What is there once the difference is carried out, each field only as its action says."""
    there = {each.job: each for each in found}
    for action in difference(new, found):
        if action.wanted is None:
            del there[action.job]
        elif action.kind == "create":
            assert action.job not in there
            there[action.job] = action.wanted
        else:
            changed = {name: getattr(action.wanted, name) for name in action.changed}
            assert bool(changed) == (action.kind == "update")
            mended = there[action.job].broken and not changed
            there[action.job] = dataclasses.replace(there[action.job], **changed, paused=action.wanted.paused, broken=mended)
    return there


@settings(deadline=None)
@given(present, wanted)
def test_after_the_difference_ours_is_as_declared_and_theirs_as_before(found: list[Schedule], new: list[Schedule]) -> None:
    theirs = {each.job: each for each in found if not each.job.startswith(PREFIX)}
    assert after(found, new) == {**theirs, **{each.job: each for each in new}}


@settings(deadline=None)
@given(present, wanted)
def test_a_second_difference_is_empty_and_a_first_has_one_line_a_job(found: list[Schedule], new: list[Schedule]) -> None:
    first = difference(new, found)
    assert difference(new, after(found, new).values()) == []
    assert len({action.job for action in first}) == len(first)
    assert all(action.job.startswith(PREFIX) and "\n" not in str(action) and action.job in str(action) for action in first)
    assert all(len(str(action).split()) > 2 for action in first if action.kind in {"create", "update", "delete"})


@settings(deadline=None)
@given(wanted)
def test_what_is_declared_comes_back_from_cloud_scheduler_as_it_was(new: list[Schedule]) -> None:
    for each in new:
        again = schedules.read(api.Job.deserialize(api.Job.serialize(schedules.written(each, CLOUD.parent))))
        assert dataclasses.replace(again, paused=each.paused) == each
