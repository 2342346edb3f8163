"""The answers, as the API promises them: one file a subject holds their shapes and what builds them.

The shapes are what OpenAPI shows and what tests hold answers to. Ids are UUIDs, times RFC 3339 in UTC, days YYYY-MM-DD; an `etag` is the
row's revision, quoted (RFC 9110 §8.8.3). A module of shapes doesn't put its annotations off (`from __future__ import annotations`): a
TypedDict would compile each of them from its text, four times as long at every cold start.
"""
