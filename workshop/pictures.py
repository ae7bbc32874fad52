"""Photos and logos, made anew: what comes out holds pixels and nothing that a camera or a person hid beside them."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from workshop.model import N_, Invalid

LARGEST_FILE = 12 * 1024 * 1024  # bytes as they come from a phone
MOST_MEGAPIXELS = 40  # of a JPEG; what claims more is not opened
PHOTO_EDGE, LOGO_EDGE = 1600, 600  # pixels of the longer edge afterwards
LARGEST_KEPT = 1024 * 1024  # bytes: twelve of them and a logo fit into a record
QUALITIES = (82, 70, 55, 40, 25)  # of JPEG, until it is small enough
FORMATS = ("JPEG", "PNG", "WEBP")  # no SVG: it is a program

# What a file that is no picture, or half of one, or a trap, makes Pillow raise.
UNREADABLE = (
    UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning, OSError, SyntaxError,
    ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A picture made anew: JPEG for photos, PNG (which can be see-through) for logos."""

    data: bytes
    width: int
    height: int


def remade(raw: bytes, what: Literal["photo", "logo"]) -> Made:
    """The picture upright, no larger than it needs to be, without location or anything else beside the pixels.

    Slow enough (a tenth of a second and more) that it is not for the thread that serves a room.
    """
    if len(raw) > LARGEST_FILE:
        raise Invalid("file", N_("This picture is too large: at most 12 MB."))
    try:
        with warnings.catch_warnings():  # Pillow grumbles about cameras that write bad notes beside good pixels
            warnings.simplefilter("ignore")
            image = Image.open(BytesIO(raw), formats=FORMATS)
            most = MOST_MEGAPIXELS if image.format == "JPEG" else MOST_MEGAPIXELS // 2  # which are read at full size
            if image.width * image.height > most * 1_000_000:
                raise Invalid("file", N_("This picture has too many pixels: at most %(most)s million."), most=most)
            ImageFile.LOAD_TRUNCATED_IMAGES = False  # other libraries of this process may have let half pictures pass
            image.draft("RGB", (2 * PHOTO_EDGE, 2 * PHOTO_EDGE))  # a large JPEG is read smaller, which saves memory
            image.load()
            upright = _eight_bits(ImageOps.exif_transpose(image))
    except UNREADABLE as error:
        raise Invalid("file", N_("This is not a picture that can be read: JPEG, PNG or WebP.")) from error
    return _logo(upright) if what == "logo" else _photo(upright)


def _eight_bits(image: Image.Image) -> Image.Image:
    """Of sixteen bits of grey the upper eight; Pillow would make everything white."""
    return image.convert("I").point(lambda grey: grey / 256).convert("L") if image.mode.startswith("I") else image


def _photo(image: Image.Image) -> Made:
    seen = Image.new("RGB", image.size, "white")
    whole = image.convert("RGBA")
    seen.paste(whole, mask=whole.getchannel("A"))
    seen.thumbnail((PHOTO_EDGE, PHOTO_EDGE))
    for quality in QUALITIES:
        out = BytesIO()
        seen.save(out, "JPEG", quality=quality, optimize=True)
        if len(out.getvalue()) <= LARGEST_KEPT:
            return Made(out.getvalue(), seen.width, seen.height)
    raise Invalid("file", N_("This picture is too large: at most 12 MB."))


def _logo(image: Image.Image) -> Made:
    seen = image.convert("RGBA")
    seen.thumbnail((LOGO_EDGE, LOGO_EDGE))
    bare = Image.new("RGBA", seen.size)
    bare.paste(seen)
    out = BytesIO()
    bare.save(out, "PNG", optimize=True)
    return Made(out.getvalue(), bare.width, bare.height)


def check_bare(data: bytes) -> None:
    """Invalid unless this is a picture such as `remade` gives: one that holds pixels only."""
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
        image.verify()
        pieces = set(_png(data) if image.format == "PNG" else _jpeg(data))
    except UNREADABLE as error:
        raise Invalid("file", N_("This is not a picture that can be read: JPEG, PNG or WebP.")) from error
    if pieces - DRAWN or max(image.size) > PHOTO_EDGE:
        raise Invalid("file", N_("A picture in this file holds more than its pixels."))


# What a picture is drawn from, as `remade` writes it: any other piece of a file can hold anything.
DRAWN = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"\xc0", b"\xc2", b"\xc4", b"\xda", b"\xdb", b"\xdd", b"JFIF"}


def _png(data: bytes) -> Iterator[bytes]:
    """The names of its chunks, and "after" where something stands behind them."""
    at, name = 8, b""
    while at < len(data) and name != b"IEND":
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + length
        yield name
    if at != len(data):
        yield b"after"


def _jpeg(data: bytes) -> Iterator[bytes]:
    """The markers of its segments, JFIF's own by name, and "after" where something stands behind them."""
    at = 2
    while data[at : at + 2] != b"\xff\xd9":
        mark, length = struct.unpack_from(">xcH", data, at)
        yield b"JFIF" if mark == b"\xe0" and length == 16 and data[at + 4 : at + 9] == b"JFIF\0" else mark
        at += 2 + length
        if mark == b"\xda":  # the pixels follow, in which FF is written as FF 00, with restarts FF D0 to FF D7
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
    if at + 2 != len(data):
        yield b"after"
