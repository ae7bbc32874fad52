"""Text in two languages, and what people may type.

Everything that a person types passes through `clean` once, at the edge. What comes out encodes to UTF-8, is
allowed in XML 1.0 (so that every export can hold it), and cannot reorder or overprint the text around it.
"""

import unicodedata
from typing import Literal

import regex
from pydantic import BaseModel, ConfigDict

Language = Literal["cy", "en"]
LANGUAGES: tuple[Language, ...] = ("cy", "en")

MOST_MARKS = 8  # combining marks kept on one letter: enough for every living script, too few to overprint a line

# Bidirectional overrides and isolates, zero-width characters but the joiners that emoji and Indic scripts need,
# language tags outside flags, private use, interlinear and object marks, and what UTF-8 or XML cannot hold.
_UNWANTED = regex.compile(
    r"[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F"
    r"\uFEFF\uFFF9-\uFFFC\uFFFE\uFFFF\p{Cs}\p{Co}]"
)
_NONCHARACTER = regex.compile(r"\p{Noncharacter_Code_Point}")
_STACKED = regex.compile(rf"(\p{{M}}{{{MOST_MARKS}}})\p{{M}}+")
_FLAG_OR_TAG = regex.compile(
    r"(\U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{3,6}\U000E007F)|[\U000E0000-\U000E007F]"
)
_SPACES = regex.compile(r"[^\S\n]+")
_LINES = regex.compile(r"\s*\n\s*")


class Text(BaseModel):
    """The same words in Welsh and in English; either may be missing, and then the other shows, marked as such.

    `status` says how far the Welsh has come: `draft` until a translator has checked it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cy: str = ""
    en: str = ""
    status: Literal["draft", "checked"] | None = None

    def spoken(self, lang: str) -> tuple[str, str]:
        """The words for a reader of `lang` and the language they are really in."""
        wanted, other = (self.cy, self.en) if lang == "cy" else (self.en, self.cy)
        if wanted or not other:
            return wanted, lang
        return other, "en" if lang == "cy" else "cy"

    def in_(self, lang: str) -> str:
        return self.spoken(lang)[0]


def clean(raw: str, *, lines: bool = False) -> str:
    """What a person typed, made safe to keep, show and print. Idempotent; never raises.

    Line breaks become spaces unless `lines`.
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n")
    for _ in range(8):  # taking a character out may bring others together; settles in one or two rounds
        before = text
        text = _NONCHARACTER.sub("", _UNWANTED.sub("", text))
        text = _FLAG_OR_TAG.sub(r"\1", text)
        text = unicodedata.normalize("NFC", text)
        text = _STACKED.sub(r"\1", text)
        text = _LINES.sub("\n" if lines else " ", text)
        text = _SPACES.sub(" ", text).strip()
        if text == before:
            break
    return text


def length(text: str) -> int:
    """How long a person would say the text is: grapheme clusters, so a family emoji is one."""
    return len(regex.findall(r"\X", text))
