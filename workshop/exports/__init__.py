"""The formats of the write-up. Each is a module with `write(html: str) -> bytes`: the printed document in, a file out.

`press` lets them run in a process of their own; nothing else calls them. None of them touches the store.
"""

from typing import NamedTuple


class Format(NamedTuple):
    module: str  # of this package
    mimetype: str
    suffix: str


FORMATS = {
    "pdf": Format("pdf", "application/pdf", ".pdf"),
    "docx": Format("word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "md": Format("markdown", "text/markdown; charset=utf-8", ".md"),
    "xlsx": Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "csv": Format("csv", "text/csv; charset=utf-8", ".csv"),
    "html": Format("whole", "text/html; charset=utf-8", ".html"),
}
