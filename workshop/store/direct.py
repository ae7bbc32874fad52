"""Statements that run with every answer, compiled once and handed straight to the driver.

SQLAlchemy says what they are; its own way of running them costs ten times what SQLite needs, and while it does so no
phone is served. JSON columns are given and got as text.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection


class Direct:
    """One Core statement for SQLite, with values by the names of its bound parameters."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._sql = ""
        self._names: tuple[str, ...] = ()
        self._fixed: dict[str, Any] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor."""
        self._compile(connection)
        given = {**self._fixed, **values}
        return _driver(connection).execute(self._sql, [given[name] for name in self._names])

    def run_rows(self, connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """Puts all rows in by one statement, each in the order of the table's columns; what it gives back of them."""
        self._compile(connection)
        flat = [value for row in rows for value in row]
        found: list[Any] = _driver(connection).execute(_repeated(self._sql, len(rows)), flat).fetchall()
        return found

    def _compile(self, connection: Connection) -> None:
        if not self._sql:
            compiled = self._statement.compile(dialect=connection.dialect)
            self._fixed = {name: bound.value for name, bound in compiled.binds.items() if not bound.required}
            self._names = tuple(compiled.positiontup)
            self._sql = str(compiled)


@cache
def _repeated(sql: str, rows: int) -> str:
    start = sql.index("(", sql.index(" VALUES "))
    end = sql.index(")", start) + 1
    return sql[:start] + ", ".join([sql[start:end]] * rows) + sql[end:]


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
