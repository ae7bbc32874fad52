"""What the facilitator makes of a write-up: words, order, quotes, photos. It stands beside what was counted.

So no answer that comes late can overwrite an edit, and no edit can change a number.
"""

from collections.abc import Mapping

from pydantic import Field

from workshop.model import N_, Exercise, Invalid, Refused, Unknown, Value, Workshop, asks
from workshop.text import Text, clean, length

# In the order in which they stand unless the facilitator moves them. The cover comes before all of them.
CHAPTERS = (
    "summary", "people", "did", "exercises", "perspectives", "asks", "commitments", "questions", "confidence", "next",
    "reading", "annex",
)  # fmt: skip
FIXED = ("reading",)  # how to read the numbers, and what becomes of the answers: never hidden
MOST_PHOTOS = 12
MOST_QUOTES = 12  # of one exercise
COMMENT = "comment-"  # with an exercise's id behind it: what the facilitator says about it

# Field -> the most characters that it takes.
FIELDS: Mapping[str, int] = {
    "title": 120,
    "subtitle": 200,
    "place": 200,
    "organisation": 120,
    "organisations": 1000,
    "purpose": 2000,
    "thanks": 1000,
    "questions": 3000,
    "next": 3000,
}
LONGEST_COMMENT = 3000
LONGEST_ALT = 300


class Photo(Value):
    """A photo of the room or a flipchart as it stands in the write-up. Its bytes are kept beside, under `id`.

    `chapter` is where it stands, or "exercise:" with the id of an exercise. The facilitator ticked that who can be
    recognised in it agreed; without that tick it would not be here.
    """

    id: str = Field(pattern=r"^[0-9a-f]{16}$")
    width: int = Field(ge=1, le=10_000)
    height: int = Field(ge=1, le=10_000)
    alt: Text
    chapter: str = "did"


class Edits(Value):
    """Everything that the facilitator wrote or chose. What is not here follows from the workshop and the session."""

    texts: Mapping[str, Text] = {}
    day: str = Field(default="", pattern=r"^(\d{4}-\d{2}-\d{2})?$")  # where the write-up gives another than it began
    order: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    quotes: Mapping[str, tuple[str, ...]] = {}  # exercise -> notes in their order
    photos: tuple[Photo, ...] = ()
    logo: Photo | None = None
    election: bool = False

    def text(self, field: str) -> Text:
        return self.texts.get(field, Text())

    @property
    def chapters(self) -> tuple[str, ...]:
        """All chapters in the order that was chosen; those that nobody moved keep their place after those before."""
        order = list(self.order)
        for number, chapter in enumerate(CHAPTERS):
            if chapter not in order:
                before = [order.index(one) for one in CHAPTERS[:number] if one in order]
                order.insert(max(before) + 1 if before else 0, chapter)
        return tuple(order)

    # What may happen, and what it leads to.

    def written(self, workshop: Workshop, field: str, lang: str, raw: str, was: str) -> "Edits":
        """With other words in a field. `was` is what whoever writes had seen there: nobody overwrites unseen words."""
        longest = _longest(workshop, field)
        words = clean(raw, lines=True)
        if length(words) > longest or len(words) > 8 * longest:
            raise Invalid(field, N_("Too long: at most %(longest)s characters."), longest=longest)
        now = self.text(field)
        if getattr(now, lang) not in (clean(was, lines=True), words):
            raise Refused(N_("Someone else changed this meanwhile. Look again before you write over it."))
        changed = now.model_copy(update={lang: words})
        texts = {**self.texts, field: changed}
        if not (changed.cy or changed.en):
            del texts[field]
        return self.model_copy(update={"texts": texts})

    def dated(self, day: str) -> "Edits":
        return self.model_copy(update={"day": day})

    def put(self, workshop: Workshop, name: str, *, hidden: bool) -> "Edits":
        """With a chapter, or "exercise:" and an exercise's id, hidden or shown again."""
        _check_place(workshop, name)
        if name in FIXED:
            raise Refused(N_("This part says how to read the numbers and what becomes of the answers: it stays."))
        rest = tuple(one for one in self.hidden if one != name)
        return self.model_copy(update={"hidden": (*rest, name) if hidden else rest})

    def moved(self, chapter: str, by: int) -> "Edits":
        """With a chapter further up (-1) or down (1)."""
        order = list(self.chapters)
        if chapter not in order:
            raise Unknown(chapter)
        place = max(0, min(len(order) - 1, order.index(chapter) + by))
        order.remove(chapter)
        order.insert(place, chapter)
        return self.model_copy(update={"order": tuple(order) if tuple(order) != CHAPTERS else ()})

    def quoted(self, workshop: Workshop, exercise: str, notes: tuple[str, ...]) -> "Edits":
        """With these notes as the exercise's quotes, in this order."""
        workshop.exercise(exercise)
        chosen = tuple(dict.fromkeys(note for note in notes if note))
        if len(chosen) > MOST_QUOTES:
            raise Invalid("quotes", N_("At most %(most)s quotes."), most=MOST_QUOTES)
        return self.model_copy(update={"quotes": {**self.quotes, exercise: chosen}})

    def pictured(self, workshop: Workshop, photo: Photo) -> "Edits":
        """With a photo, or with what is said about one that is there."""
        _check_place(workshop, photo.chapter)
        if not (photo.alt.cy or photo.alt.en):
            raise Invalid("alt", N_("Say what is to be seen, for people who cannot see it."))
        others = tuple(one for one in self.photos if one.id != photo.id)
        if len(others) >= MOST_PHOTOS:
            raise Invalid("photo", N_("At most %(most)s photos."), most=MOST_PHOTOS)
        if len(others) == len(self.photos):
            return self.model_copy(update={"photos": (*others, photo)})
        return self.model_copy(
            update={"photos": tuple(photo if one.id == photo.id else one for one in self.photos)},
        )

    def without_photo(self, id: str) -> "Edits":
        return self.model_copy(update={"photos": tuple(one for one in self.photos if one.id != id)})

    def photo(self, id: str) -> Photo:
        for one in self.photos:
            if one.id == id:
                return one
        raise Unknown(id)


def comment(exercise: str) -> str:
    """The field that holds what the facilitator says about an exercise."""
    return COMMENT + exercise


def chapter_of(exercise: Exercise) -> str:
    """Where an exercise stands in the write-up."""
    return exercise.chapter or "exercises"


def _longest(workshop: Workshop, field: str) -> int:
    if field.startswith(COMMENT):
        if not asks(workshop.exercise(field.removeprefix(COMMENT))):
            raise Unknown(field)
        return LONGEST_COMMENT
    if field not in FIELDS:
        raise Unknown(field)
    return FIELDS[field]


def _check_place(workshop: Workshop, name: str) -> None:
    if name.startswith("exercise:"):
        workshop.exercise(name.removeprefix("exercise:"))
    elif name not in CHAPTERS:
        raise Unknown(name)
