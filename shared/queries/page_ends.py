"""Where a page ends: at its rows, and at four megabytes of them, so that nothing large is read that isn't shown."""

from __future__ import annotations

from shared.answers.pages import MOST_BYTES


def fitting(found: str, columns: str, text: str, order: str, *, least: int = 1, times: int = 1) -> str:
    """SQL for the `columns` of those `found` rows `f` that fit into a page by the size of their `text`, and as `found` how many there were.

    The first `least` stay in any case; an answer shows the text so many `times`, and there a character beyond ASCII takes up to six bytes.
    """
    return f"""
select {columns}, p.found from (
    select f.*, count(*) over () as found, row_number() over (order by {order}) as place,
        sum(char_length(w.text) + 5 * (octet_length(w.text) - char_length(w.text))) over (order by {order}) as size
    from ({found}) f cross join lateral (select {text} as text offset 0) w
) p
where p.size <= {MOST_BYTES // times} or p.place <= {least}
order by p.place
"""
