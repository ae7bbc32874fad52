"""What an author writes: fields, the clauses of the sentence, the checklist."""

import regex
from pydantic import Field, model_validator

from workshop.kinds.form.fields import HOURS, MONTHS, FormField
from workshop.kinds.notes import Help
from workshop.model import Id
from workshop.model import Value as Base
from workshop.text import Text

MOST_ALTOGETHER = 6000  # characters of all fields of one phone: they cross the wire together
MOST_SAID = 1500  # characters of the fields in the sentence: as many as a projector shows at once

PLACE = regex.compile(r"\{([a-z0-9-]+)\}")


class Tick(Base):
    """One line of the checklist: ticked where all its fields are filled in. Never a score."""

    id: Id
    title: Text
    fields: tuple[str, ...] = Field(min_length=1)


class Content(Base):
    """`sentence`: clauses with {fields}; see `said`. `columns`: ids of the fields that the write-up's table has."""

    question: Text
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=20)
    sentence: tuple[Text, ...] = ()
    ticks: tuple[Tick, ...] = Field(default=(), max_length=8)
    columns: tuple[str, ...] = Field(default=(), max_length=6)
    help: tuple[Help, ...] = ()

    @model_validator(mode="after")
    def _ids_fit(self) -> "Content":
        fields = {field.id: field for field in self.fields}
        if len(fields) != len(self.fields):
            raise ValueError("two fields have the same id")
        if "name" in fields:
            raise ValueError("no field can have the id 'name': it is the writer's")
        if len({tick.id for tick in self.ticks}) != len(self.ticks):
            raise ValueError("two ticks have the same id")
        named = [*self.columns, *(field for tick in self.ticks for field in tick.fields)]
        for clause in self.sentence:
            asked = set(PLACE.findall(clause.cy)) if clause.cy else set(PLACE.findall(clause.en))
            if clause.cy and clause.en and asked != set(PLACE.findall(clause.en)):
                raise ValueError(f"the clause {clause.en!r} has other fields in Welsh")
            named += asked
        if strange := [id for id in named if id not in fields]:
            raise ValueError(f"there is no field {strange[0]!r}; the fields are {', '.join(fields)}")
        if private := [id for id in self.columns if fields[id].private]:
            raise ValueError(f"the column {private[0]!r} is private; nobody else can see it")
        return self

    @model_validator(mode="after")
    def _fits_wire_and_wall(self) -> "Content":
        most = {field.id: field.most for field in self.fields}
        if sum(most.values()) > MOST_ALTOGETHER:
            raise ValueError(f"the fields take {sum(most.values())} characters; a phone can send {MOST_ALTOGETHER}")
        if (spoken := sum(most[id] for id in self.spoken)) > MOST_SAID:
            raise ValueError(f"the fields of the sentence take {spoken} characters; a projector shows {MOST_SAID}")
        return self

    @property
    def spoken(self) -> set[str]:
        """The fields that stand in the sentence."""
        return {id for clause in self.sentence for text in (clause.cy, clause.en) for id in PLACE.findall(text)}

    def field(self, id: str) -> FormField | None:
        return next((field for field in self.fields if field.id == id), None)

    def months(self, lang: str) -> tuple[str, ...]:
        return MONTHS[lang]

    def hours(self, lang: str) -> tuple[str, str]:
        return HOURS[lang]
