"""The shapes of the API's answers, which OpenAPI publishes and tests check.

Ids are UUIDs, times RFC 3339 in UTC, days YYYY-MM-DD; an `etag` is the row's revision, quoted (RFC 9110 §8.8.3).
"""
