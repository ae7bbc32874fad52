"""Pictures that the document carries in itself."""

import base64
import binascii
import re
from typing import Any
from urllib.parse import unquote_to_bytes

from lxml import etree  # type: ignore[import-untyped]

from workshop.exports.blocks.spans import held
from workshop.exports.blocks.values import Picture

# An HTML parser writes names in small letters; SVG tells them apart.
_NAMES = (
    "viewBox preserveAspectRatio textLength lengthAdjust gradientUnits gradientTransform patternUnits patternTransform"
    " patternContentUnits clipPathUnits maskUnits maskContentUnits markerWidth markerHeight markerUnits refX refY"
    " pathLength spreadMethod startOffset stdDeviation linearGradient radialGradient clipPath textPath"
)
_TRUE_NAMES = {name.lower(): name for name in _NAMES.split()}
_DATA = re.compile(r"data:(image/(?:png|jpeg))((?:;[^,;]*)*?)(;base64)?,(.*)", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"\d+(\.\d+)?")


def of(element: Any, lang: str) -> Picture | None:
    """The picture of an <svg> or an <img>; nothing where an <img> carries no PNG or JPEG in itself."""
    if element.tag == "svg":
        return _drawing(element, lang)
    alt = _one_line(element.get("alt") or "")
    data = _DATA.fullmatch((element.get("src") or "").strip())
    if not data:
        return None
    mimetype, _, encoded, body = data.groups()
    image = unquote_to_bytes(body)
    if encoded:
        try:
            image = base64.b64decode(image)
        except binascii.Error:
            return None
    width, height = (_number(element.get(name)) for name in ("width", "height"))
    return Picture(alt, lang, image=image, mimetype=mimetype.lower(), width=width, height=height)


def _drawing(element: Any, lang: str) -> Picture:
    title = element.find("title")
    alt = _one_line("".join(title.itertext()) if title is not None else element.get("aria-label") or "")
    svg = etree.Element("svg", nsmap={None: "http://www.w3.org/2000/svg"})
    _copy(element, svg)
    box = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", svg.get("viewBox") or "")]
    width = _number(element.get("width"))
    height = _number(element.get("height"))
    if not height and len(box) == 4 and box[2]:
        height = (width or box[2]) * box[3] / box[2] if width else 0
    return Picture(alt, lang, svg=etree.tostring(svg, encoding="unicode"), width=width, height=height)


def _copy(element: Any, to: Any) -> None:
    for name, value in element.attrib.items():
        if ":" not in name and name != "xmlns":
            to.set(_TRUE_NAMES.get(name, name), held(value))
    to.text = held(element.text or "")
    for child in element:
        if isinstance(child.tag, str):
            copied = etree.SubElement(to, _TRUE_NAMES.get(child.tag, child.tag))
            _copy(child, copied)
            copied.tail = held(child.tail or "")


def _one_line(text: str) -> str:
    return " ".join(held(text).split())


def _number(text: str | None) -> float:
    return float(text) if text and _NUMBER.fullmatch(text) else 0
