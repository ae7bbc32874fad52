"""The write-up: the record of a session as one value, from which every format is drawn. Pure."""

from workshop.report.build import build_report
from workshop.report.edits import CHAPTERS, FIELDS, FIXED, MOST_PHOTOS, Edits, Photo, chapter_of, comment
from workshop.report.lacking import Lack, lacking
from workshop.report.value import Deed, Given, Issue, Picture, Report, Said, Section

__all__ = [
    "CHAPTERS", "FIELDS", "FIXED", "MOST_PHOTOS", "Deed", "Edits", "Given", "Issue", "Lack", "Photo", "Picture",
    "Report", "Said", "Section", "build_report", "chapter_of", "comment", "lacking",
]  # fmt: skip
