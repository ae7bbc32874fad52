"""form: typed fields, a sentence made of what is filled in, and a checklist. Each person says who may see their answer.

What the author or the writer keeps private never leaves the answer: it is in no count, no note and no tally.
"""

from workshop.kinds.form.answers import Value, count, progress, public, read, written
from workshop.kinds.form.content import Content
from workshop.kinds.form.found import findings
from workshop.kinds.form.made_up import SAMPLE, imagine
from workshop.kinds.form.sentence import said
from workshop.kinds.form.shared import actions, tally, without_annex

ANNEX = True  # the write-up has the table, its annex the sentences

__all__ = [
    "ANNEX", "SAMPLE", "Content", "Value", "actions", "count", "findings", "imagine", "progress", "public", "read",
    "said", "tally", "without_annex", "written",
]  # fmt: skip
