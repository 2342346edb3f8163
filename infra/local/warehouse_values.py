"""BigQuery's types in the local warehouse: how each is kept, read from a load and written into an answer. One row a type.

A load is judged at least as strictly as BigQuery judges it: STRING takes text only, INTEGER no fraction, a date must exist.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

INTEGERS = range(-(2**63), 2**63)
NUMERIC_LIMIT = Decimal(10) ** 29  # 29 digits before the point, 9 behind it
NUMERIC_STEP = Decimal("1e-9")

Field = dict[str, Any]  # a column as BigQuery's REST says it: name, type, mode, description


class Refused(Exception):  # noqa: N818 - an answer, not an error of the warehouse
    """What BigQuery wouldn't do either (or what the stand-in doesn't have); `reason` is BigQuery's own word."""

    def __init__(self, status: int, reason: str, sentence: str, more: tuple[str, ...] = ()) -> None:
        super().__init__(sentence)
        self.status, self.reason, self.sentence, self.more = status, reason, sentence, more


def invalid(sentence: str, *more: str) -> Refused:
    """The request, or the data in it, is bad."""
    return Refused(400, "invalid", sentence, more)


def absent(feature: str) -> Refused:
    """BigQuery has it and the stand-in doesn't."""
    return Refused(501, "notImplemented", f"The local warehouse has no {feature}; BigQuery does.")


@dataclass(frozen=True)
class Kind:
    """One type: the engine's name, its bytes as BigQuery counts them (SQL), how a load's value is read (raises ValueError, TypeError)."""

    engine: str
    size: str
    read: Callable[[Any], Any]


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    value.encode()  # a lone surrogate is a UnicodeEncodeError, which is a ValueError
    return value


def _integer(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", value):
        value = int(value)
    if type(value) is not int or value not in INTEGERS:
        raise ValueError
    return value


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    return float(value)


def _numeric(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    number = Decimal(repr(value) if isinstance(value, float) else value) if _is_number(str(value)) else Decimal("NaN")
    if not number.is_finite() or abs(number) >= NUMERIC_LIMIT:
        raise ValueError
    return number.quantize(NUMERIC_STEP, "ROUND_HALF_UP")


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+([eE][+-]?[0-9]{1,3})?", text) is not None


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError


def _date(value: object) -> dt.date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", _string(value)):
        raise ValueError
    return dt.date.fromisoformat(str(value))


def _time(value: object) -> dt.time:
    if not re.fullmatch(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?", _string(value)):
        raise ValueError
    return dt.time.fromisoformat(str(value))


def _moment(value: object) -> dt.datetime:
    text = _string(value)
    if not re.match(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}|$)", text):
        raise ValueError
    return dt.datetime.fromisoformat(text.removesuffix(" UTC"))


def _datetime(value: object) -> dt.datetime:
    moment = _moment(value)
    if moment.tzinfo or str(value).endswith("UTC"):
        raise ValueError
    return moment


def _timestamp(value: object) -> str:
    """Text, because the engine takes a moment's zone from text only. A number is seconds since 1970."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return dt.datetime.fromtimestamp(value, dt.UTC).isoformat()
    moment = _moment(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC).isoformat()


def _bytes(value: object) -> bytes:
    return base64.b64decode(_string(value), validate=True)


KINDS = {
    "STRING": Kind("VARCHAR", "2 + strlen({})", _string),
    "INTEGER": Kind("BIGINT", "8", _integer),
    "FLOAT": Kind("DOUBLE", "8", _float),
    "NUMERIC": Kind("DECIMAL(38,9)", "16", _numeric),
    "BOOLEAN": Kind("BOOLEAN", "1", _boolean),
    "DATE": Kind("DATE", "8", _date),
    "TIME": Kind("TIME", "8", _time),
    "DATETIME": Kind("TIMESTAMP", "8", _datetime),
    "TIMESTAMP": Kind("TIMESTAMP WITH TIME ZONE", "8", _timestamp),
    "BYTES": Kind("BLOB", "2 + octet_length({})", _bytes),
    "JSON": Kind("JSON", "2 + strlen({})", json.dumps),
}
ALIASES = {"INT64": "INTEGER", "BIGINT": "INTEGER", "INT": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN", "DECIMAL": "NUMERIC"}
# What the engine may answer with, beyond the types that columns have.
ANSWERED = {kind.engine: name for name, kind in KINDS.items()} | {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", '"NULL"'), "INTEGER"),
    "FLOAT": "FLOAT",
    "UUID": "STRING",
}


def kind_name(name: str) -> str:
    """The type as BigQuery's REST calls it; raises Refused."""
    known = ALIASES.get(name.upper(), name.upper())
    if known not in KINDS:
        raise absent(f"type {name}")
    return known


def answer_field(name: str, engine: Any) -> Field:
    """A column of an answer, from the engine's type (a DuckDBPyType); raises Refused."""
    text = str(engine)
    if engine.id == "list":
        return {**answer_field(name, engine.children[0][1]), "mode": "REPEATED"}
    if engine.id == "struct":
        return {"name": name, "type": "RECORD", "mode": "NULLABLE", "fields": [answer_field(*child) for child in engine.children]}
    if engine.id == "decimal":
        text = KINDS["NUMERIC"].engine
    if text not in ANSWERED:
        raise absent(f"BigQuery type for the engine's {text}")
    return {"name": name, "type": ANSWERED[text], "mode": "NULLABLE"}


def cell(field: Field, value: Any, *, microseconds: bool) -> Any:
    """One value as BigQuery's REST writes it: {"v": ...}; TIMESTAMP in `microseconds`, or in seconds with a fraction."""
    if field.get("mode") == "REPEATED":
        single = {**field, "mode": "NULLABLE"}
        return {"v": [cell(single, each, microseconds=microseconds) for each in value or []]}
    if value is None:
        return {"v": None}
    if field["type"] == "RECORD":
        return {"v": {"f": [cell(each, value[each["name"]], microseconds=microseconds) for each in field["fields"]]}}
    if field["type"] == "TIMESTAMP":
        since = (value - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)  # noqa: DTZ001 - the engine gives UTC without a zone
        return {"v": str(since) if microseconds else repr(since / 1e6)}
    return {"v": _WRITTEN.get(type(value), str)(value)}


def _written_float(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _written_decimal(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_WRITTEN: dict[type, Callable[[Any], str]] = {
    bool: lambda value: str(value).lower(),
    float: _written_float,
    Decimal: _written_decimal,
    dt.datetime: dt.datetime.isoformat,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    bytes: lambda value: base64.b64encode(value).decode(),
}
