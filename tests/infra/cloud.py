"""The project whose schedules are compared."""

from __future__ import annotations

from hypothesis import strategies as st

from infra.jobs import PREFIX, Cloud, Retrying, Schedule, Target

CLOUD = Cloud(
    project="p", number="123456789012", region="europe-west1", origin="https://app.qfacts.example", account="qfacts-scheduler@p.example"
)
words = st.sampled_from(["a", "b", "c"])
whole = st.integers(0, 2)
jobs = st.builds(
    Schedule,
    job=st.sampled_from(["a", "b", PREFIX + "a", PREFIX + "b", PREFIX + "c", PREFIX + "d"]),
    description=words,
    schedule=words,
    time_zone=words,
    http_target=st.builds(Target, uri=words, account=words, audience=words, others=st.sampled_from(["", "a body"])),
    retry_config=st.builds(Retrying, count=whole, min_backoff=whole, max_backoff=whole, max_doublings=whole),
    attempt_deadline=whole,
    paused=st.booleans(),
    broken=st.booleans(),
)
present = st.lists(jobs, unique_by=lambda each: each.job)
