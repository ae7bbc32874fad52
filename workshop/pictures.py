"""Photos and logos, made anew: what comes out holds pixels and nothing that a camera or a person hid beside them."""

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from workshop.model import N_, Invalid

LARGEST_FILE = 12 * 1024 * 1024  # bytes as they come from a phone
MOST_PIXELS = 40_000_000  # a phone's 12 to 40 megapixels; what claims more is not opened
PHOTO_EDGE, LOGO_EDGE = 1600, 600  # pixels of the longer edge afterwards
LARGEST_KEPT = 2 * 1024 * 1024  # bytes
QUALITIES = (82, 70, 55)  # of JPEG, until it is small enough
FORMATS = ("JPEG", "PNG", "WEBP")  # no SVG: it is a program


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
        image = Image.open(BytesIO(raw), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise Invalid("file", N_("This picture has too many pixels: at most 40 million."))
        image.load()
        upright = ImageOps.exif_transpose(image)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
    ) as error:
        raise Invalid("file", N_("This is not a picture that can be read: JPEG, PNG or WebP.")) from error
    return _logo(upright) if what == "logo" else _photo(upright)


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
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        OSError,
        ValueError,
        SyntaxError,
        MemoryError,
    ) as error:
        raise Invalid("file", N_("This is not a picture that can be read: JPEG, PNG or WebP.")) from error
    beside = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    if beside or max(image.size) > PHOTO_EDGE:
        raise Invalid("file", N_("A picture in this file holds more than its pixels."))
