"""What a scale asks and what people give: lists of statements, and ratings of 1 to 5 now and thinking back."""

from typing import Annotated

from pydantic import Field, model_validator

from workshop.model import Id
from workshop.model import Value as Base
from workshop.text import Text

POINTS = (1, 2, 3, 4, 5)

Rating = Annotated[int, Field(ge=1, le=5)]


class Statement(Base):
    id: Id
    title: Text


class StatementList(Base):
    """Statements for the perspectives named; no perspective given means the first list."""

    id: Id
    title: Text
    perspectives: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = Field(min_length=1)


class Content(Base):
    """`low` and `high` say what 1 and 5 mean. `paired`: asked a second time, to be set against the first.

    `thinking_back`: the second time also asks where people now think that they were at the start. `sensitive`: people
    rate themselves, so a perspective's own list does not show that nearly all of a few said the same.
    """

    question: Text
    low: Text
    high: Text
    lists: tuple[StatementList, ...] = Field(min_length=1)
    paired: bool = False
    thinking_back: bool = False
    sensitive: bool = True

    @model_validator(mode="after")
    def _ids_differ(self) -> "Content":
        ids = [statement.id for one in self.lists for statement in one.statements]
        if len(ids) != len(set(ids)):
            raise ValueError("two statements have the same id")
        return self

    @property
    def looks_back(self) -> bool:
        """Whether people are asked for the third rating: only where there was a first."""
        return self.paired and self.thinking_back

    @property
    def whole(self) -> bool:
        """One list for the whole room: no numbers of it are those of one perspective."""
        return len(self.lists) == 1

    def list_of(self, statement: str) -> StatementList | None:
        return next((one for one in self.lists if any(s.id == statement for s in one.statements)), None)

    def list_for(self, perspective: str | None) -> StatementList:
        return next((one for one in self.lists if perspective in one.perspectives), self.lists[0])


class Value(Base):
    """Statement id -> rating, 1 to 5: as it is now, and `back`, as it was at the start, seen from now.

    What is skipped is missing, not zero.
    """

    ratings: dict[str, Rating] = Field(max_length=100)
    back: dict[str, Rating] = Field(default_factory=dict, max_length=100, exclude_if=lambda back: not back)
