"""The write-up as a Word file, with real headings, lists and tables, that reads like the page."""

import io
import zipfile

import docx
from docx.document import Document as File

from workshop.exports.blocks import Document, read
from workshop.exports.word.look import dress
from workshop.exports.word.pictures import fonts, prepare
from workshop.exports.word.writing import Writer

__all__ = ["prepare", "write"]


def write(html: str) -> bytes:
    """A .docx of the drawn document; the same bytes for the same document."""
    document = read(html)
    file = docx.Document()
    dress(file, document)
    with fonts(document.sections) as faces:
        Writer(file, document, faces).write()
    _tell_about(file, document)
    return _packed(file)


def _tell_about(file: File, document: Document) -> None:
    """Who and what; nothing of when and with what it was made."""
    core = file.core_properties
    core.title, core.author, core.subject = document.title[:255], document.author[:255], document.subject[:255]
    core.language = document.lang
    core.last_modified_by, core.comments, core.keywords = document.author[:255], "", ""
    element = core._element
    for name in ("created", "modified"):
        for old in element.findall(f"{{http://purl.org/dc/terms/}}{name}"):
            element.remove(old)
    package = file.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):  # a picture of the library's empty page
            del package.rels[key]


def _packed(file: File) -> bytes:
    """The file with no time of packing in it."""
    first, last = io.BytesIO(), io.BytesIO()
    file.save(first)
    with zipfile.ZipFile(first) as made, zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in made.namelist():
            packed.writestr(zipfile.ZipInfo(name), made.read(name), zipfile.ZIP_DEFLATED)
    return last.getvalue()
