"""The verbs of the write-up: editing it, publishing it, taking it back, and saying later what came of it."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from workshop.live import ALPHABET
from workshop.model import N_, Invalid, Refused, Unknown, line
from workshop.pictures import Made, check_bare
from workshop.record import LARGEST, Record, dump
from workshop.report import Deed, Edits, Photo, Report, lacking
from workshop.store import Store, Tx
from workshop.text import Text

KEY_LENGTH = 10
MOST_DEEDS = 40
CHANGED = N_("Something changed since you looked. Look at the write-up once more, then publish it.")

T = TypeVar("T")


class Publishing:
    """The verbs over one store. `announce(code)` is told of every session that changed, after it is on disk."""

    def __init__(self, store: Store, announce: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._store, self._announce, self._clock = store, announce, clock

    # Editing

    def write(self, code: str, field: str, lang: str, words: str, was: str) -> None:
        """Other words in a field; refused where somebody else wrote something there that was not seen."""
        if lang not in ("cy", "en"):
            raise Unknown(lang)
        self._edit(code, lambda edits, tx: edits.written(tx.session(code).workshop, field, lang, words, was))

    def date(self, code: str, day: str) -> None:
        """The day that the write-up gives, as YYYY-MM-DD; empty for the day on which the session began."""
        try:
            given = date.fromisoformat(day).isoformat() if day else ""
        except ValueError:
            raise Invalid("day", N_("This is not a date.")) from None
        self._edit(code, lambda edits, tx: edits.dated(given))

    def show(self, code: str, place: str, shown: bool) -> None:
        """A chapter, or "exercise:" with an exercise's id, in the write-up or left out of it."""
        self._edit(code, lambda edits, tx: edits.put(tx.session(code).workshop, place, hidden=not shown))

    def move(self, code: str, chapter: str, by: int) -> None:
        self._edit(code, lambda edits, tx: edits.moved(chapter, by))

    def quote(self, code: str, exercise: str, notes: str) -> None:
        """The quotes of an exercise in their order: ids of notes with a space between."""
        chosen = tuple(notes.split())
        self._edit(code, lambda edits, tx: edits.quoted(tx.session(code).workshop, exercise, chosen))

    def near_election(self, code: str, near: bool) -> None:
        """While an election is near: no names, quotes or photos, and publishing asks once more."""
        self._edit(code, lambda edits, tx: edits.model_copy(update={"election": near}))

    def add_photo(self, code: str, made: Made, *, cy: str, en: str, chapter: str, agreed: bool) -> None:
        """A photo of the room or a flipchart, with what is to be seen in it, and that who is in it agreed."""
        _check_agreed(agreed)
        photo = Photo(id=secrets.token_hex(8), width=made.width, height=made.height, alt=_alt(cy, en), chapter=chapter)

        def change(edits: Edits, tx: Tx) -> Edits:
            changed = edits.pictured(tx.session(code).workshop, photo)
            tx.write_up.add_picture(code, photo.id, made.data)
            return changed

        self._edit(code, change)

    def describe_photo(self, code: str, photo: str, cy: str, en: str, chapter: str) -> None:
        def change(edits: Edits, tx: Tx) -> Edits:
            said = edits.photo(photo).model_copy(update={"alt": _alt(cy, en), "chapter": chapter})
            return edits.pictured(tx.session(code).workshop, said)

        self._edit(code, change)

    def remove_photo(self, code: str, photo: str) -> None:
        def change(edits: Edits, tx: Tx) -> Edits:
            edits.photo(photo)
            tx.write_up.remove_picture(code, photo)
            tx.scrub = True
            return edits.without_photo(photo)

        self._edit(code, change)

    def set_logo(self, code: str, made: Made, *, cy: str, en: str) -> None:
        """The organisation's logo in place of the one before."""
        logo = Photo(id=secrets.token_hex(8), width=made.width, height=made.height, alt=_alt(cy, en), chapter="")

        def change(edits: Edits, tx: Tx) -> Edits:
            if not (logo.alt.cy or logo.alt.en):
                raise Invalid("alt", N_("Say what is to be seen, for people who cannot see it."))
            if edits.logo is not None:
                tx.write_up.remove_picture(code, edits.logo.id)
                tx.scrub = True
            tx.write_up.add_picture(code, logo.id, made.data)
            return edits.model_copy(update={"logo": logo})

        self._edit(code, change)

    def remove_logo(self, code: str) -> None:
        def change(edits: Edits, tx: Tx) -> Edits:
            if edits.logo is not None:
                tx.write_up.remove_picture(code, edits.logo.id)
                tx.scrub = True
            return edits.model_copy(update={"logo": None})

        self._edit(code, change)

    # Publishing

    def publish(self, code: str, report: Report, seen: int, *, cy: str = "", en: str = "", sure: bool = False) -> str:
        """Makes the write-up public as it stood at the revision `seen`, both languages together, and returns its key.

        Published again it keeps its address and says when it was updated. Where a language lacks something, `cy` or
        `en` say why, and the write-up says it too; while an election is near somebody has to be `sure`.
        """
        if report.ended is None:
            raise Refused(N_("End the session first: until then the write-up still changes."))
        if report.election and not sure:
            raise Refused(N_("An election is near. Ask the monitoring officer first, and say here that you did."))
        lacks, why = lacking(report), _alt(cy, en)
        if lacks and not (why.cy or why.en):
            raise Refused(N_("One language lacks something. Fill it in, or say why it has to go out like this."))
        raw, now, new = dump(report), self._clock(), _key()
        if len(raw) > LARGEST:
            raise Refused(N_("This write-up is too large to publish. Take a photo out."))

        def verb(tx: Tx) -> str:
            session = tx.session(code)
            if session.ended_at is None:
                raise Refused(N_("End the session first: until then the write-up still changes."))
            if not tx.is_unchanged(code, seen):
                raise Refused(CHANGED)
            was = tx.write_up.record(session.published) if session.published else None
            kept = Record(new, code, report.title, report.began, raw, True, now, now, why if lacks else Text())
            if was is not None:
                kept = replace(kept, key=was.key, first_at=was.first_at, deeds=was.deeds)
            tx.write_up.put_record(kept)
            tx.put(replace(session, published=kept.key, issued=True))
            tx.touch(code)
            return kept.key

        return self._do(code, verb)

    def withdraw(self, key: str) -> None:
        """Takes a published write-up back: its address leads nowhere from now on, and what was kept for it is gone."""

        def verb(tx: Tx) -> str | None:
            kept = tx.write_up.record(key)
            if kept.session is not None:
                tx.put(replace(tx.session(kept.session), published=None))
            tx.write_up.remove_record(key)
            tx.scrub = True
            return kept.session

        code = self._store.writer.do(verb)
        if code is not None:
            self._announce(code)

    # Afterwards

    def add_deed(self, key: str, *, asked_cy: str, asked_en: str, did_cy: str, did_en: str, when: str) -> None:
        """What came of it: one row of the table that stands at the same address."""
        deed = Deed(_line("asked", asked_cy, asked_en), _line("did", did_cy, did_en), line("when", when, longest=60))
        if not (deed.asked.cy or deed.asked.en) or not (deed.did.cy or deed.did.en):
            raise Invalid("did", N_("Say what was asked for and what was done."))

        def change(kept: Record) -> Record:
            if len(kept.deeds) >= MOST_DEEDS:
                raise Invalid("did", N_("At most %(most)s rows."), most=MOST_DEEDS)
            return replace(kept, deeds=(*kept.deeds, deed))

        self._change(key, change)

    def remove_deed(self, key: str, number: int, rows: int) -> None:
        """Takes a row out again, counted from 0, of as many `rows` as whoever asks had seen: another is never hit."""

        def change(kept: Record) -> Record:
            if not 0 <= number < len(kept.deeds):
                raise Unknown(str(number))
            if len(kept.deeds) != rows:
                raise Refused(N_("Someone else changed this meanwhile. Look again before you write over it."))
            return replace(kept, deeds=kept.deeds[:number] + kept.deeds[number + 1 :])

        self._change(key, change)

    # A record from elsewhere

    def bring_in(self, report: Report) -> str:
        """Keeps a record that another Cyd made, for the facilitator alone until it is made public; its key."""
        for picture in (*report.photos, *((report.logo,) if report.logo else ())):
            check_bare(picture.data)
        now = self._clock()
        issue, deeds = report.issue, report.deeds
        bare = dump(replace(report, issue=None, deeds=()))
        kept = Record(_key(), None, report.title, report.began, bare, False, None, now, deeds=deeds)
        if issue is not None:
            kept = replace(kept, first_at=issue.first, updated_at=issue.updated, why_lacking=issue.why_lacking)
        self._store.writer.do(lambda tx: tx.write_up.put_record(kept))
        return kept.key

    def make_public(self, key: str) -> None:
        """A record that was brought in can be read by whoever has its address from now on.

        A draft that could not have been published where it was made cannot be published in this way either.
        """
        now = self._clock()

        def change(kept: Record) -> Record:
            report = kept.drawn()
            if report.issue is None and (report.election or lacking(report)):
                raise Refused(N_("This draft lacks a language, or an election was near. Publish it where it was made."))
            return replace(kept, public=True, first_at=kept.first_at or now)

        self._change(key, change)

    def _edit(self, code: str, change: Callable[[Edits, Tx], Edits]) -> None:
        def verb(tx: Tx) -> None:
            tx.session(code)
            changed = change(tx.write_up.edits(code), tx)
            tx.write_up.put_edits(code, changed)

        self._do(code, verb)

    def _change(self, key: str, change: Callable[[Record], Record]) -> None:
        now = self._clock()

        def verb(tx: Tx) -> None:
            tx.write_up.put_record(replace(change(tx.write_up.record(key)), updated_at=now))

        self._store.writer.do(verb)

    def _do(self, code: str, verb: Callable[[Tx], T]) -> T:
        result = self._store.writer.do(verb)
        self._announce(code)
        return result


def _check_agreed(agreed: bool) -> None:
    if not agreed:
        raise Invalid("agreed", N_("Ask the people in the picture first, and tick that they agreed."))


def _alt(cy: str, en: str) -> Text:
    return _line("alt", cy, en)


def _line(field: str, cy: str, en: str) -> Text:
    return Text(cy=line(field, cy, longest=300), en=line(field, en, longest=300))


def _key() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))
