"""Who or what a column names, as SQL for how it shows."""

from __future__ import annotations

from typing import Final

# How the person `p`, as the member `m`, is named to others. Their address isn't a name: only they and the admins see it.
UNNAMED: Final = "'unnamed ' || right(p.id::text, 4)"
NAME: Final = f"coalesce(m.printed_name, (select 'erased' from erasures e where e.person_id = p.id), nullif(p.name, ''), {UNNAMED})"
# A name as it is compared with a part of one: in small letters and without accents, which nobody types who looks for somebody.
FOLDED: Final = "lower(regexp_replace(normalize({}, NFD), '[\\u0300-\\u036f]', '', 'g'))"


def person(column: str) -> str:
    """SQL for who a column names: id and name."""
    return (
        f"(select jsonb_build_object('id', p.id, 'name', {NAME}) from people p left join members m on m.person_id = p.id"
        f" where p.id = {column})"
    )


def team(column: str) -> str:
    """SQL for the team that a column names."""
    return f"(select jsonb_build_object('id', t.id, 'name', t.name) from teams t where t.id = {column})"


def utc_times(row: str, *columns: str) -> str:
    """SQL for these times of a row as pairs of an object: each name, and `utc_time` of it."""
    return ", ".join(f"'{column}', {utc_time(f'{row}.{column}')}" for column in columns)


def utc_time(column: str) -> str:
    """SQL for a time as `canonical.plain` writes it: UTC, to the microsecond."""
    return f"to_char({column} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
