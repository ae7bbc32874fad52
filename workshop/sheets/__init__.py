"""What is printed before a session: which sheets it has, what stands on them, how many and how large. Pure."""

from workshop.sheets.asked import COPIES, SHEETS, Choice, chosen, sheets_of
from workshop.sheets.cards import Card, Deck, Place, decks, laid_out
from workshop.sheets.poster import CODE_MM, reading_distance
from workshop.sheets.slips import Gap, Slip, gaps, has_lines, postcards, slips
from workshop.sheets.timetable import Row, clock_time, timetable

__all__ = [
    "CODE_MM", "COPIES", "SHEETS", "Card", "Choice", "Deck", "Gap", "Place", "Row", "Slip", "chosen", "clock_time",
    "decks", "gaps", "has_lines", "laid_out", "postcards", "reading_distance", "sheets_of", "slips", "timetable",
]  # fmt: skip
