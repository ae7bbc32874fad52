"""Photos and logos: whatever comes in, bare pixels come out, or Invalid."""

import random
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from workshop.model import Invalid
from workshop.pictures import (
    DRAWN,
    LARGEST_FILE,
    LARGEST_KEPT,
    LOGO_EDGE,
    MOST_MEGAPIXELS,
    PHOTO_EDGE,
    check_bare,
    remade,
)

SECRET = b"Canarybird"


@pytest.fixture(autouse=True)
def _as_the_server_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint lets Pillow take half a picture for a whole one, in every process that imports it; ours does not."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)


RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(mode: str = "RGB", size: tuple[int, int] = (40, 20), colour: Any = RED) -> Image.Image:
    return Image.new(mode, size, colour)


def saved(image: Image.Image, format: str, **more: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def seen(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def near(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


def exif(**tags: Any) -> Image.Exif:
    """With the place where it was taken, and words."""
    made = Image.Exif()
    made[0x010E] = SECRET.decode()  # what is to be seen
    made[0x0112] = tags.get("orientation", 1)
    made.get_ifd(0x8825)[1] = "N"
    made.get_ifd(0x8825)[2] = (51.0, 28.0, 38.0)
    return made


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunk(png: bytes, name: bytes, data: bytes, *, at: int = 33) -> bytes:
    """A PNG with one more chunk, after its header."""
    return png[:at] + chunk(name, data) + png[at:]


def with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + jpeg[2:]


JPEG, PNG = saved(picture(), "JPEG"), saved(picture(), "PNG")
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_itxt("Place", SECRET.decode())
    return info


TELLING = {
    "jpeg with where it was taken": saved(picture(), "JPEG", exif=exif()),
    "jpeg with a comment": saved(picture(), "JPEG", comment=SECRET),
    "jpeg with a colour profile": saved(picture(), "JPEG", icc_profile=PROFILE),
    "jpeg with xmp": with_segment(JPEG, 0xE1, XMP),
    "jpeg with photoshop's own": with_segment(JPEG, 0xED, b"Photoshop 3.0\0" + SECRET),
    "jpeg with a maker's segment": with_segment(JPEG, 0xEB, SECRET),
    "jpeg with words after its end": JPEG + SECRET,
    "jpeg that is a zip too": JPEG + b"PK\x03\x04" + SECRET,
    "png with texts": saved(picture(), "PNG", pnginfo=texts()),
    "png with where it was taken": saved(picture(), "PNG", exif=exif()),
    "png with a colour profile": saved(picture(), "PNG", icc_profile=PROFILE),
    "png with a chunk of its own": with_chunk(PNG, b"prVt", SECRET),
    "png with words before its end": with_chunk(PNG, b"tEXt", b"a\0" + SECRET, at=len(PNG) - 12),
    "png with a page after its end": PNG + b"<script>" + SECRET + b"</script>",
    "webp with where it was taken": saved(picture(), "WEBP", exif=exif(), xmp=XMP),
}


@pytest.mark.parametrize("what", ["photo", "logo"])
@pytest.mark.parametrize("raw", TELLING.values(), ids=TELLING.keys())
def test_nothing_comes_out_but_pixels(raw: bytes, what: Any) -> None:
    made = remade(raw, what)
    check_bare(made.data)
    assert [word for word in (SECRET, b"Exif", b"GPS", b"ICC", b"xmp", b"script") if word in made.data] == []
    assert (seen(made.data).format, seen(made.data).size) == ("JPEG" if what == "photo" else "PNG", (40, 20))


@pytest.mark.parametrize("raw", [raw for name, raw in TELLING.items() if "webp" not in name])
def test_a_picture_that_holds_more_than_pixels_is_not_taken_as_it_is(raw: bytes) -> None:
    with pytest.raises(Invalid, match="more than its pixels"):
        check_bare(raw)


def test_a_thumbnail_inside_the_header_of_a_jpeg_is_more_than_pixels() -> None:
    header = b"JFIF\0\x01\x02\0\0\x01\0\x01\x08\x08" + SECRET * 20
    with pytest.raises(Invalid, match="more than its pixels"):
        check_bare(with_segment(saved(picture(), "JPEG"), 0xE0, header))


def test_what_was_remade_is_taken_as_it_is_and_what_is_larger_is_not() -> None:
    noise = Image.frombytes("RGB", (700, 500), random.Random(1).randbytes(700 * 500 * 3))
    for what in ("photo", "logo"):
        check_bare(remade(saved(noise, "PNG"), what).data)
    with pytest.raises(Invalid):
        check_bare(saved(picture(size=(PHOTO_EDGE + 1, 5)), "JPEG"))


@pytest.mark.parametrize("raw", [b"", b"GIF89a", b"<svg/>", JPEG[:-2], JPEG[:200], PNG[:-4], PNG[:40]])
def test_what_is_no_whole_picture_is_not_taken_as_it_is(raw: bytes) -> None:
    with pytest.raises(Invalid):
        check_bare(raw)


# What it looks like afterwards


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_upright_whichever_way_the_camera_was_held(orientation: int) -> None:
    image = picture(colour=BLUE)
    image.paste(RED, (0, 0, 20, 10))  # a red corner at the upper left of what the camera kept
    made = seen(
        remade(saved(image, "JPEG", quality=95, subsampling=0, exif=exif(orientation=orientation)), "photo").data
    )
    corners = {
        name: near(made.getpixel(at), RED)
        for name, at in {
            "upper left": (3, 3),
            "upper right": (made.width - 4, 3),
            "lower right": (made.width - 4, made.height - 4),
            "lower left": (3, made.height - 4),
        }.items()
    }
    where = ["upper left", "upper right", "lower right", "lower left"] * 2
    meant = {1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 1, 7: 2, 8: 3}[orientation]
    assert [name for name, red in corners.items() if red] == [where[meant]]
    assert made.size == ((40, 20) if orientation < 5 else (20, 40))


def test_what_can_be_seen_through_is_white_in_a_photo_and_stays_so_in_a_logo() -> None:
    image = picture("RGBA", colour=(0, 0, 0, 0))
    assert seen(remade(saved(image, "PNG"), "photo").data).getpixel((5, 5)) == (255, 255, 255)
    assert seen(remade(saved(image, "PNG"), "logo").data).getpixel((5, 5))[3] == 0


MODES = {
    "grey": (saved(picture("L", colour=120), "PNG"), (120, 120, 120)),
    "grey that can be seen through": (saved(picture("LA", colour=(120, 255)), "PNG"), (120, 120, 120)),
    "black and white": (saved(picture("1", colour=1), "PNG"), (255, 255, 255)),
    "cmyk": (saved(picture("CMYK", colour=(0, 0, 0, 255)), "JPEG"), (0, 0, 0)),
    "sixteen bits of grey": (saved(picture("I;16", colour=30000), "PNG"), (117, 117, 117)),
    "palette": (saved(picture().convert("P"), "PNG"), None),
    "palette that can be seen through": (saved(picture("P", colour=0), "PNG", transparency=0), (255, 255, 255)),
    "webp": (saved(picture(), "WEBP", lossless=True), RED),
}


@pytest.mark.parametrize(("raw", "colour"), MODES.values(), ids=MODES.keys())
def test_every_sort_of_pixels_is_read(raw: bytes, colour: tuple[int, ...] | None) -> None:
    made = seen(remade(raw, "photo").data)
    assert (made.mode, made.size) == ("RGB", (40, 20))
    assert colour is None or near(made.getpixel((20, 10)), colour)
    assert seen(remade(raw, "logo").data).size == (40, 20)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_of_a_moving_picture_the_first_stands(format: str) -> None:
    raw = saved(picture(), format, save_all=True, append_images=[picture(colour=BLUE)], duration=100, lossless=True)
    assert getattr(seen(raw), "n_frames", 1) == 2
    made = remade(raw, "logo")
    check_bare(made.data)
    assert near(seen(made.data).convert("RGB").getpixel((20, 10)), RED)


def test_a_large_photo_becomes_as_small_as_paper_needs() -> None:
    made = remade(saved(picture(size=(4000, 3000)), "JPEG"), "photo")
    assert (made.width, made.height, seen(made.data).size) == (PHOTO_EDGE, 1200, (PHOTO_EDGE, 1200))
    assert seen(remade(saved(picture(size=(1000, 4000)), "PNG"), "logo").data).size == (LOGO_EDGE // 4, LOGO_EDGE)
    assert remade(JPEG, "photo").width == 40  # and none becomes larger


def test_the_busiest_photo_fits_what_is_kept() -> None:
    noise = Image.frombytes("RGB", (1600, 1600), random.Random(1).randbytes(1600 * 1600 * 3))
    assert len(remade(saved(noise, "JPEG", quality=90), "photo").data) <= LARGEST_KEPT


# What is no picture


def declared(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


NONE = {
    "nothing": b"",
    "words": b"This is not a picture.",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "gif": saved(picture(), "GIF"),
    "gif that is a page too": b"GIF89a/*" + saved(picture(), "GIF")[8:] + b"*/<script>alert(1)</script>",
    "tiff": saved(picture(), "TIFF"),
    "bmp": saved(picture(), "BMP"),
    "ico": saved(picture(size=(16, 16)), "ICO"),
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
    "pdf": b"%PDF-1.7\n",
    "half a jpeg": saved(picture(size=(400, 400)), "JPEG")[:1500],
    "half a png": saved(picture("RGB", (400, 400)), "PNG")[:600],
    "half a webp": saved(picture(), "WEBP")[:30],
    "a bomb of 3,600 million pixels": declared(60_000, 60_000),
    "a bomb of 100 million": declared(10_000, 10_000),
    "a picture with more pixels than a camera has": declared(MOST_MEGAPIXELS * 200 + 1, 5_000),
    "a whole picture of too many pixels": saved(Image.new("1", (8_000, MOST_MEGAPIXELS * 63 + 1)), "PNG"),
    "a width of nothing": declared(0, 10),
    "a file larger than twelve megabytes": JPEG + bytes(LARGEST_FILE),
}


@pytest.mark.parametrize("raw", NONE.values(), ids=NONE.keys())
def test_what_is_no_picture_or_too_much_of_one_is_invalid(raw: bytes) -> None:
    for what in ("photo", "logo"):
        with pytest.raises(Invalid) as error:
            remade(raw, what)
        assert error.value.field == "file"


@settings(max_examples=300)
@given(st.sampled_from(sorted(TELLING)), st.data())
def test_a_damaged_file_is_a_bare_picture_or_invalid(name: str, data: st.DataObject) -> None:
    raw = bytearray(TELLING[name])
    for _ in range(data.draw(st.integers(1, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    raw = raw[: data.draw(st.integers(0, len(raw)))] if data.draw(st.booleans()) else raw
    try:
        made = remade(bytes(raw), "photo")
    except Invalid:
        return
    check_bare(made.data)
    assert SECRET not in made.data


@settings(max_examples=300)
@given(st.sampled_from([JPEG, PNG]), st.data())
def test_checking_a_damaged_picture_says_yes_or_invalid(whole: bytes, data: st.DataObject) -> None:
    raw = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        check_bare(bytes(raw))
    except Invalid:
        return


def test_what_draws_a_picture_is_all_that_remade_writes() -> None:
    assert {b"IHDR", b"IDAT", b"IEND", b"JFIF", b"\xda"} <= DRAWN
