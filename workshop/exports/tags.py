"""What a structure tree needs and WeasyPrint leaves out: languages, the scope of header cells, figures told apart.

WeasyPrint offers no way to add to the tree while the boxes are at hand, so this stands in for one function of its
`pdf/tags.py`, `_build_box_tree`, which makes the elements of a box and calls itself for the boxes inside. The tests of
the tags fail when an upgrade changes that.
"""

from collections import Counter
from typing import Any

from pydyf import PDF, Array, Dictionary, String  # type: ignore[import-untyped]
from weasyprint.formatting_structure.boxes import PageBox
from weasyprint.pdf import tags

SCOPES = {"col": "/Column", "colgroup": "/Column", "row": "/Row", "rowgroup": "/Row"}
POINTS = 0.75  # of a CSS pixel

_build_box_tree = tags._build_box_tree


def add_what_is_left_out() -> None:
    """From here on every PDF/UA has it."""
    tags._build_box_tree = _build


class _Tree:
    """Stands in for the PDF while its tree is built, and knows where in it we are."""

    def __init__(self, pdf: PDF) -> None:
        self.add_object = pdf.add_object
        self.objects = pdf.objects
        self.page_references = pdf.page_references  # which the PDF counts anew each time
        self.langs = [str(pdf.catalog["Lang"].string)] if "Lang" in pdf.catalog else [""]  # of the elements around
        self.alts: Counter[str] = Counter()
        self.page_height = 0.0  # CSS pixels


def _build(box: Any, parent: Any, pdf: Any, *more: Any) -> list[Any]:
    if isinstance(pdf, PDF):
        if not hasattr(pdf, "tree"):
            pdf.tree = _Tree(pdf)
        pdf = pdf.tree
    around = pdf.langs[-1]
    if isinstance(box, PageBox):
        pdf.page_height = box.margin_height()
        lang = around
    elif box.element_tag in ("html", "body"):  # these make no element of their own
        lang = around
    else:
        lang = box.style["lang"] or around
    pdf.langs.append(lang)
    elements = list(_build_box_tree(box, parent, pdf, *more))
    pdf.langs.pop()
    if lang != around:
        for element in elements:
            element["Lang"] = String(lang)
    if len(elements) == 1:
        _finish(elements[0], box, pdf)
    return elements


def _finish(element: Any, box: Any, tree: _Tree) -> None:
    if element["S"] == "/TH" and box.element_tag == "th":
        element["A"]["Scope"] = SCOPES.get(box.element.get("scope"), "/Column")
    elif element["S"] == "/LI":
        _give_body(element, tree)
    elif element["S"] == "/L":
        _gather_spaces(element, tree)
    elif element["S"] == "/Figure" and "done" not in element.__dict__:
        element.done = True
        _describe(element, tree)


def _give_body(item: Any, tree: _Tree) -> None:
    """An item holds its label and its body; WeasyPrint lets blocks stand in it as they are."""
    kids = {reference: tree.objects[int(reference.split()[0])] for reference in item["K"]}
    loose = [reference for reference, kid in kids.items() if kid["S"] not in ("/Lbl", "/LBody")]
    if not loose:
        return
    body = Dictionary({"Type": "/StructElem", "S": "/LBody", "Pg": item["Pg"], "P": item.reference})
    body["K"] = Array(loose)
    tree.add_object(body)
    for reference in loose:
        kids[reference]["P"] = body.reference
    item["K"] = Array([reference for reference in item["K"] if reference not in loose] + [body.reference])


def _gather_spaces(list_: Any, tree: _Tree) -> None:
    """A list holds items only; the spaces between items that stand in a row go to the item before."""
    body = None
    for reference in list(list_["K"]):
        kid = tree.objects[int(reference.split()[0])]
        if kid["S"] == "/LI":
            inside = [tree.objects[int(it.split()[0])] for it in kid["K"]]
            body = next((it for it in inside if it["S"] == "/LBody"), body)
        elif kid["S"] not in ("/L", "/Caption") and body is not None:
            list_["K"].remove(reference)
            body["K"].append(reference)
            kid["P"] = body.reference


def _describe(figure: Any, tree: _Tree) -> None:
    """Alternative texts are never the same twice. What has none is there to look at only."""
    if "Alt" not in figure:
        figure["S"] = "/NonStruct"
        del figure["A"]
        return
    words = " ".join(str(figure["Alt"].string).split())
    tree.alts[words] += 1
    figure["Alt"] = String(words if tree.alts[words] == 1 else f"{words} ({tree.alts[words]})")
    x1, y1, x2, y2 = figure["A"]["BBox"]  # CSS pixels from above
    down = tree.page_height
    figure["A"]["BBox"] = Array([x1 * POINTS, (down - y2) * POINTS, x2 * POINTS, (down - y1) * POINTS])
