"""BigQuery's SQL as the engine understands it: sqlglot translates, and what it leaves different is mended here, rule by rule."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import SqlglotError

from infra.local.place import PROJECT
from infra.local.warehouse_engine import Resource
from infra.local.warehouse_values import Refused, absent, kind_name

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # partitions and options of DDL, which are read from the tree instead

SHOWN = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}
# Parts of a date that the engine counts differently: BigQuery's week begins on Sunday and isn't ISO's.
OTHER_COUNT = {"WEEK", "ISOWEEK"}


def refused(sentence: str, reason: str = "invalidQuery", status: int = 400) -> Refused:
    """A query that can't be run."""
    return Refused(status, reason, sentence)


def parse(sql: str) -> exp.Expr:
    """The one statement of `sql`; raises Refused."""
    try:
        found = [each for each in sqlglot.parse(_numbered(sql), read="bigquery") if each is not None]
    except SqlglotError as error:
        raise refused(f"Syntax error: {str(error).splitlines()[0]}") from None
    if not found:
        raise refused("Syntax error: the query is empty.")
    if len(found) > 1:
        raise absent("scripts: send one statement at a time")
    return found[0]


def _numbered(sql: str) -> str:
    """Positional parameters get names in the order of the text (@_1, @_2), which the tree doesn't keep."""
    places = [token.start for token in sqlglot.tokenize(sql, read="bigquery") if token.token_type == TokenType.PLACEHOLDER]
    for number, place in reversed(list(enumerate(places, 1))):
        sql = f"{sql[:place]}@_{number}{sql[place + 1 :]}"
    return sql


def fill(statement: exp.Expr, query: Resource) -> None:
    """Put the query's parameters in their places, as typed values; raises Refused."""
    given = query.get("queryParameters") or []
    named = {str(each.get("name") or f"_{number}").lower(): each for number, each in enumerate(given, 1)}
    for place in list(statement.find_all(exp.Parameter)):
        if place.name.lower() not in named:
            raise refused(f"Query parameter '{place.name}' not found (@_1 is the first of those that have no name).")
        place.replace(_value(named[place.name.lower()]))


def _value(parameter: Resource) -> exp.Expr:
    kind, value = parameter.get("parameterType", {}), parameter.get("parameterValue", {})
    if kind.get("type") == "ARRAY":
        each = {"parameterType": kind["arrayType"]}
        values = [_value({**each, "parameterValue": one}) for one in value.get("arrayValues") or []]
        of = exp.DataType.build(f"ARRAY<{_shown(kind['arrayType'])}>", dialect="bigquery")
        return exp.cast(exp.Array(expressions=values), of)
    literal = value.get("value")
    return exp.cast(exp.Null() if literal is None else exp.Literal.string(literal), exp.DataType.build(_shown(kind), dialect="bigquery"))


def _shown(kind: Resource) -> str:
    name = kind_name(str(kind.get("type", "")))
    return SHOWN.get(name, name)


def tables_of(statement: exp.Expr) -> list[exp.Table]:
    """The tables that a statement names, without the names of its own WITH."""
    own = {each.alias_or_name.lower() for each in statement.find_all(exp.CTE)}
    return [each for each in statement.find_all(exp.Table) if each.name and (each.db or each.name.lower() not in own)]


def qualify(table: exp.Table, default: str) -> None:
    """Give a table its dataset and take the project away; raises Refused."""
    if table.catalog not in {"", PROJECT}:
        raise refused(f"Not found: Project {table.catalog}", "notFound", 404)
    if not (table.db or default):
        raise refused(f'Table "{table.name}" must be qualified with a dataset (e.g. dataset.table).')
    table.set("catalog", None)
    table.set("db", exp.to_identifier(table.db or default, quoted=True))
    table.set("this", exp.to_identifier(table.name, quoted=True))


def translate(statement: exp.Expr) -> str:
    """The statement in the engine's SQL; raises Refused. Its parameters are filled and its tables qualified before."""
    _name_columns(statement)
    for kind, rule in RULES:
        for node in reversed(list(statement.find_all(kind))):  # what lies within first
            rule(node)
    try:
        return statement.sql("duckdb")
    except SqlglotError as error:
        raise refused(f"The local warehouse can't translate this query: {str(error).splitlines()[0]}") from None


def _name_columns(statement: exp.Expr) -> None:
    """Columns without a name are f0_, f1_, ... (BigQuery counts from the left)."""
    while isinstance(statement, (exp.SetOperation, exp.Subquery)):
        statement = statement.this
    if not isinstance(statement, exp.Select):
        return
    nameless = [each for each in statement.expressions if not isinstance(each, (exp.Alias, exp.Column, exp.Star, exp.Dot))]
    for n, each in enumerate(nameless):
        each.replace(exp.alias_(each.copy(), f"f{n}_"))


def _as_date(node: exp.Expr) -> None:
    """DATE_ADD, DATE_SUB and DATE_TRUNC give a date; the engine makes it a moment."""
    node.replace(exp.cast(node.copy(), "DATE"))


def _float_literal(node: exp.Expr) -> None:
    """1.5 is FLOAT64; to the engine it is a decimal."""
    if not node.is_string and set(node.name.lower()) & {".", "e"} and not isinstance(node.parent, (exp.Cast, exp.DataTypeParam)):
        node.replace(exp.cast(node.copy(), "DOUBLE"))


def _numeric(node: exp.Expr) -> None:
    """NUMERIC has 38 digits, 9 of them behind the point."""
    if node.this == exp.DataType.Type.BIGDECIMAL:
        raise absent("type BIGNUMERIC")
    if node.this == exp.DataType.Type.DECIMAL and not node.expressions:
        node.replace(exp.DataType.build("DECIMAL(38, 9)", dialect="duckdb"))


def _division(node: exp.Expr) -> None:
    """Dividing by zero is an error; the engine gives infinity."""
    divisor = node.expression.copy()
    message = exp.Literal.string("division by zero: see SAFE_DIVIDE")
    zero = exp.EQ(this=exp.paren(divisor), expression=exp.Literal.number(0))
    divided = exp.Div(this=node.this.copy(), expression=exp.paren(divisor.copy()), typed=node.args.get("typed"), safe=True)
    node.replace(exp.Case(ifs=[exp.If(this=zero, true=exp.Anonymous(this="error", expressions=[message]))], default=divided))


def _part(node: exp.Expr) -> None:
    """DAYOFWEEK is 1 on Sunday; weeks are refused rather than counted differently."""
    part = node.this.name.upper()
    if part in OTHER_COUNT:
        raise absent("EXTRACT of a week: take FORMAT_DATE('%G-W%V', ...)")
    if part == "DAYOFWEEK":
        node.replace(exp.paren(exp.Add(this=node.copy(), expression=exp.Literal.number(1))))


def _insert_row(node: exp.Expr) -> None:
    """MERGE ... INSERT ROW."""
    then = node.args.get("then")
    if isinstance(then, exp.Insert) and isinstance(then.this, exp.Var):
        then.set("this", exp.Star())


def _format(node: exp.Expr) -> None:
    """FORMAT takes C's patterns, as the engine's printf does; its own format takes others."""
    node.replace(exp.Anonymous(this="printf", expressions=[node.this.copy(), *(each.copy() for each in node.expressions)]))


def _needs_where(node: exp.Expr) -> None:
    if node.parent is None and not node.args.get("where"):
        raise refused(f"{node.key.upper()} must have a WHERE clause")


RULES: tuple[tuple[type[exp.Expr], Callable[[Any], None]], ...] = (
    (exp.Delete, _needs_where),
    (exp.Update, _needs_where),
    (exp.When, _insert_row),
    (exp.DataType, _numeric),
    (exp.Literal, _float_literal),
    (exp.Extract, _part),
    (exp.Format, _format),
    (exp.Div, _division),
    (exp.DateAdd, _as_date),
    (exp.DateSub, _as_date),
    (exp.DateTrunc, _as_date),
)
