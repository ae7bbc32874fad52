"""What the Word file looks like: its styles, its page and the line at the foot of each page."""

from typing import Any

from docx.document import Document as File
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from workshop.exports.blocks import Document

FACE = "Atkinson Hyperlegible Next"
STAND_IN = "Arial"  # has the letters of Welsh, is in Word, and LibreOffice has one of the same widths
INK, MUTED, LINE, MARK, SUNKEN = "1D1B2E", "4A4760", "BDB5A3", "FFC82E", "F1EADC"
TEXT_WIDTH = 9638  # twentieths of a point: A4 less 20 mm on either side
LOCALES = {"cy": "cy-GB", "en": "en-GB"}


def locale(lang: str) -> str:
    """The language as Word names it."""
    return LOCALES.get(lang, lang)


def dress(file: File, document: Document) -> None:
    """Gives an empty file from the library's template our page, styles and language."""
    _page(file)
    _styles(file, document.lang)
    _fonts(file)
    _foot(file, document)
    settings = file.settings.element
    for old in settings.xpath(".//w:compatSetting[@w:name='compatibilityMode']"):
        old.set(qn("w:val"), "15")  # otherwise Word says "compatibility mode" over every page
    for old in settings.xpath("./w:themeFontLang"):
        old.set(qn("w:val"), locale(document.lang))


def _page(file: File) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(20)
    section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True  # the cover has no foot


def _styles(file: File, lang: str) -> None:
    root = file.styles.element
    ours = parse_xml(f"<w:styles {nsdecls('w')}>{DEFAULTS}{STYLES}</w:styles>")
    ours.xpath("./w:docDefaults//w:lang")[0].set(qn("w:val"), locale(lang))
    # Those that the format needs, and what it says of those that are not there; all others we bring ourselves.
    needed = ("DefaultParagraphFont", "TableNormal", "NoList")
    for old in list(root):
        if old.tag != qn("w:latentStyles") and old.get(qn("w:styleId")) not in needed:
            root.remove(old)
    root.insert(0, ours[0])
    for style in list(ours):
        root.append(style)


def _fonts(file: File) -> None:
    """Says what stands in for our face where it is not installed; it is not in the file."""
    for part in file.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = (  # the library has no other way to it
                f"<w:fonts {nsdecls('w')}>"
                f'<w:font w:name="{FACE}"><w:altName w:val="{STAND_IN}"/><w:charset w:val="00"/>'
                '<w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font></w:fonts>'
            ).encode()


def _foot(file: File, document: Document) -> None:
    """The title on the left, page of pages on the right."""
    foot = file.sections[0].footer
    foot.is_linked_to_previous = False
    paragraph = foot.paragraphs[0]._p
    title = _field("TITLE", document.title)
    pages = [_field("PAGE", "1"), _run("<w:t xml:space='preserve'> / </w:t>"), _field("NUMPAGES", "1")]
    paragraph.get_or_add_pPr().append(parse_xml(f'<w:pStyle {nsdecls("w")} w:val="Footer"/>'))
    for part in (title, _run("<w:tab/>"), *pages):
        paragraph.append(part)
    first = file.sections[0].first_page_footer
    first.is_linked_to_previous = False


def _run(inside: str) -> Any:
    return parse_xml(f"<w:r {nsdecls('w')}>{inside}</w:r>")


def _field(name: str, shown: str) -> Any:
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" {name} "><w:r><w:t/></w:r></w:fldSimple>')
    field[0][0].text = shown
    return field


DEFAULTS = f"""<w:docDefaults><w:rPrDefault><w:rPr>
<w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" w:eastAsia="{STAND_IN}" w:cs="{STAND_IN}"/><w:color w:val="{INK}"/>
<w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>
</w:rPr></w:rPrDefault>
<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>"""


def _style(id_: str, name: str, paragraph: str = "", words: str = "", based: str = "Normal", next_: str = "") -> str:
    based_on = f'<w:basedOn w:val="{based}"/>' if based else ""
    default = ' w:default="1"' if id_ == "Normal" else ""
    following = f'<w:next w:val="{next_}"/>' if next_ else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{id_}"><w:name w:val="{name}"/>{based_on}{following}'
        f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{words}</w:rPr></w:style>"
    )


def _size(points: float) -> str:
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>'


def _space(before: float = 0, after: float = 6, line: int = 276) -> str:
    return (
        f'<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" w:line="{line}" w:lineRule="auto"/>'
    )


def _heading(level: int, points: float, before: float, after: float) -> str:
    keep = f'<w:keepNext/><w:keepLines/>{_space(before, after, 259)}<w:outlineLvl w:val="{level - 1}"/>'
    return _style(f"Heading{level}", f"heading {level}", keep, f"<w:b/><w:bCs/>{_size(points)}", next_="Normal")


def _list(id_: str, name: str, number: int) -> str:
    paragraph = f'<w:numPr><w:numId w:val="{number}"/></w:numPr>{_space(after=3)}'
    return _style(id_, name, paragraph)


def _indented(id_: str, name: str, left: int) -> str:
    return _style(id_, name, f'{_space(after=3)}<w:ind w:left="{left}"/>')


_GREY = f'<w:color w:val="{MUTED}"/>'
_BAR = f'<w:pBdr><w:left w:val="single" w:sz="36" w:space="10" w:color="{MARK}"/></w:pBdr>'
_YELLOW_LINE = f'<w:pBdr><w:bottom w:val="single" w:sz="96" w:space="0" w:color="{MARK}"/></w:pBdr>'
_FOOT_TABS = f'<w:tabs><w:tab w:val="right" w:pos="{TEXT_WIDTH}"/></w:tabs>'
_THIN, _THICK = (f'w:val="single" w:sz="{size}" w:space="0" w:color="{ink}"' for size, ink in ((4, LINE), (8, INK)))

STYLES = "".join(
    (
        _style("Normal", "Normal", based=""),
        _style(
            "Title",
            "Title",
            f"<w:keepNext/>{_space(30, 8, 240)}",
            f"<w:b/><w:bCs/>{_size(38)}",
            next_="Subtitle",
        ),
        _style("Subtitle", "Subtitle", _space(0, 150), f"{_GREY}{_size(18)}", next_="Normal"),
        _style(
            "Mark",
            "Mark",
            f'{_YELLOW_LINE}{_space(110, 0)}<w:ind w:right="{TEXT_WIDTH - 1900}"/>',
            f"<w:b/><w:bCs/>{_size(12)}",
        ),
        _style("Facts", "Facts", _space(0, 3), _size(12)),
        _heading(1, 20, 24, 8),
        _heading(2, 13.5, 16, 5),
        _heading(3, 11, 12, 3),
        _heading(4, 10.5, 10, 3),
        _heading(5, 10.5, 10, 3),
        _style("Lead", "Lead", _space(0, 8), _size(13)),
        _style("Question", "Question", _space(0, 8), f"{_GREY}{_size(12)}"),
        _style("Status", "Status", _space(0, 6), f"{_GREY}{_size(9)}"),
        _style("Remark", "Remark", _space(0, 6), f"{_GREY}{_size(9.5)}"),
        _style("Quote", "Quote", f'{_BAR}{_space(4, 0)}<w:ind w:left="340"/>', _size(12)),
        _style("QuoteStatus", "Quote Status", f'{_BAR}{_space(0, 0)}<w:ind w:left="340"/>', f"{_GREY}{_size(9)}"),
        _style("Gap", "Gap", _space(0, 0, 240), _size(6)),
        _style("Caption", "caption", f"<w:keepNext/>{_space(10, 4, 252)}", f"{_GREY}{_size(9.5)}", next_="Normal"),
        _style("Picture", "Picture", f"<w:keepLines/>{_space(2, 6, 240)}"),
        _list("ListBullet", "List Bullet", 1),
        _list("ListBullet2", "List Bullet 2", 2),
        _list("ListBullet3", "List Bullet 3", 3),
        _list("ListNumber", "List Number", 5),
        _list("ListNumber2", "List Number 2", 6),
        _list("ListNumber3", "List Number 3", 7),
        _indented("ListContinue", "List Continue", 360),
        _indented("ListContinue2", "List Continue 2", 720),
        _indented("ListContinue3", "List Continue 3", 1080),
        _style("Entry", "Entry", f"<w:keepLines/>{_space(3, 3)}"),
        _style("Entry2", "Entry 2", f'<w:keepLines/>{_space(2, 2)}<w:ind w:left="360"/>'),
        _style("Entry3", "Entry 3", f'<w:keepLines/>{_space(2, 2)}<w:ind w:left="720"/>'),
        _style("TableWords", "Table Words", _space(1.5, 1.5, 240), _size(9)),
        _style("TableHead", "Table Head", f"<w:keepNext/>{_space(1.5, 1.5, 240)}", f"<w:b/><w:bCs/>{_size(8.5)}"),
        _style("Footer", "footer", f"{_FOOT_TABS}{_space(0, 0, 240)}", f"{_GREY}{_size(9)}"),
        '<w:style w:type="character" w:styleId="StatusWords"><w:name w:val="Status Words"/>'
        f"<w:rPr>{_GREY}{_size(9)}</w:rPr></w:style>",
        '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
        '<w:rPr><w:color w:val="004B85"/><w:u w:val="single"/></w:rPr></w:style>',
        '<w:style w:type="table" w:styleId="WriteUp"><w:name w:val="Write-up"/><w:basedOn w:val="TableNormal"/>'
        f"<w:tblPr><w:tblBorders><w:top {_THICK}/><w:bottom {_THIN}/><w:insideH {_THIN}/></w:tblBorders>"
        '<w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f"<w:bottom {_THICK}/></w:tcBorders></w:tcPr></w:tblStylePr></w:style>",
    )
)
