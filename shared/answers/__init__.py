"""The shapes of the answers, as the API promises them: what OpenAPI shows, what tests hold answers to.

Ids are UUIDs, times RFC 3339 in UTC, days YYYY-MM-DD; an `etag` is the row's revision, quoted (RFC 9110 §8.8.3).
"""
