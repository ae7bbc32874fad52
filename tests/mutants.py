"""Breaks the code in one place at a time and sees whether the tests that should notice go red: `make mutants`.

For each mutant the tree is copied, one text in it is replaced, and a few tests are run. The same tests are run on an
unchanged copy first, where they must be green. A mutant that no test notices survives, and this fails.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from workshop.config import ROOT

SECONDS = 300  # for the tests of one mutant; one that hangs has been noticed

COMMIT = "tests/faults/test_commit.py"
MACHINE = "tests/faults/test_machine.py"


@dataclass(frozen=True)
class Mutant:
    """A way to break the code: in `file`, `text` becomes `instead`. One of `tests` has to notice."""

    name: str
    says: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "ack before commit",
        "the writer wakes its callers before it commits",
        "workshop/store/writer.py",
        "tx.flush()",
        "tx.flush()\n            for job in jobs:\n                job.wake()\n                job.wake = lambda: None",
        (COMMIT,),
    ),
    Mutant(
        "commit later",
        "the writer commits when the next answer comes, and holds its transaction open until then",
        "workshop/store/writer.py",
        "with connection.begin():",
        "connection.commit()\n        with suppress():",
        (COMMIT,),
    ),
    Mutant(
        "read held open",
        "another greenlet has its turn inside a read transaction",
        "workshop/store/__init__.py",
        "yield Read(connection, self._workshops, self.writer.remembered)",
        "yield Read(connection, self._workshops, self.writer.remembered)\n            __import__('gevent').sleep(0)",
        (COMMIT,),
    ),
    Mutant(
        "any n is taken",
        "an older answer, or another with the same n, takes the place of the one that is stored",
        "workshop/store/answer_tx.py",
        "where=response.c.n < statement.excluded.n",
        "where=response.c.n > -1",
        ("tests/store/test_tx.py", MACHINE),
    ),
    Mutant(
        "a repeat is a change",
        "an answer that comes again raises the revision",
        "workshop/store/answer_tx.py",
        'one.settled(status, row["n"], row["value"])',
        'one.settled(status, row["n"], row["value"])\n            self._touch(answer.key[0])',
        (MACHINE,),
    ),
    Mutant(
        "late for ever",
        "an answer that was made while open is taken however late it comes",
        "workshop/model.py",
        "<= LATE_SECONDS",
        "<= 1e9",
        ("tests/test_live.py",),
    ),
    Mutant(
        "two presses of Next",
        "a press of who had not seen the one before moves the session again",
        "workshop/model.py",
        "if self.moved > at:",
        "if self.moved > at + 1000:",
        ("tests/test_live.py",),
    ),
    Mutant(
        "every second push",
        "every second announcement is dropped",
        "workshop/broadcast.py",
        "self._due.add(code)",
        "self._n = getattr(self, '_n', 0) + 1\n        if self._n % 2: return\n        self._due.add(code)",
        ("tests/test_broadcast.py",),
    ),
    Mutant(
        "a fragment is left out",
        "of what changed on the screen the stage is not pushed",
        "workshop/broadcast.py",
        "if before.get(name) != html}",
        "if before.get(name) != html and name != 'stage'}",
        ("tests/test_broadcast.py",),
    ),
    Mutant(
        "who came last hides the change",
        "somebody who watches between a change and its push keeps it from those who watched before",
        "workshop/broadcast.py",
        "self._last[here] = (revision, {})",
        "del self._last[here]",
        ("tests/test_broadcast.py",),
    ),
    Mutant(
        "an early tally on phones",
        "a phone may look at the tally before it is revealed",
        "workshop/fragments.py",
        "(self.step.revealed or not asks(self.exercise))",
        "(self.step.opened or not asks(self.exercise))",
        ("tests/test_fragments.py", MACHINE),
    ),
    Mutant(
        "an early tally in the phones' fragment",
        "the fragment that is pushed to phones has the tally under it",
        "workshop/fragments.py",
        'return [Piece("step", made_of, draw)]',
        "with self._store.read() as read, self._app.app_context():\n"
        "            one = State(session, read, self._tallies)\n"
        "            told = one.tally and draw_tally(one.exercise.kind, (lang,), full=True, tally=one.tally,"
        " study=None)\n"
        "        return [Piece('step', None, lambda: draw() + (told or ''))]",
        (MACHINE,),
    ),
    Mutant(
        "an early tally on the screen",
        "the tally stands on the screen beside the turnout, while answers are taken",
        "templates/screen/_stage.html",
        "{% if state.step.opened is not none %}{% set n",
        "{{ draw_tally(exercise.kind, langs, full=False, tally=state.tally, study=none) }}"
        "{% if state.step.opened is not none %}{% set n",
        (MACHINE,),
    ),
    Mutant(
        "late answers on the wall",
        "what waits beside the wall is shown at once",
        "workshop/tallies.py",
        "if row.pending:",
        "if row.pending and False:",
        ("tests/test_tallies.py", MACHINE),
    ),
    Mutant(
        "hidden and shown",
        "a note that the facilitator hid stays on the screen",
        "workshop/gathered.py",
        "if self.hidden:",
        "if self.hidden and not self.released:",
        ("tests/test_fragments.py", MACHINE),
    ),
    Mutant(
        "four are enough",
        "a group of four is shown on its own",
        "workshop/gathered.py",
        "SHOWN_FROM = 5",
        "SHOWN_FROM = 4",
        ("tests/test_tallies.py", "tests/test_groups.py"),
    ),
    Mutant(
        "a change that does not move",
        "an answer that is changed counts beside the one before it",
        "workshop/sums.py",
        "self.going += one.keys",
        "self.going += ()",
        ("tests/test_tallies.py", MACHINE),
    ),
    Mutant(
        "anybody's note",
        "a note's id that another phone has used is taken again",
        "workshop/store/note_tx.py",
        "!= mine:",
        "!= mine and False:",
        ("tests/test_live.py", "tests/store/test_tx.py"),
    ),
)


def places(mutant: Mutant) -> int:
    """How often the mutant's text stands in its file: once, or it breaks nothing or something else."""
    return (ROOT / mutant.file).read_text(encoding="utf-8").count(mutant.text)


def tests_of(mutants: tuple[Mutant, ...]) -> list[str]:
    return list(dict.fromkeys(test for mutant in mutants for test in mutant.tests))


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the tree as it is now, without what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="cyd-mutant-") as folder:
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (Path(folder) / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, Path(folder) / name)
        yield Path(folder)


def broken(tree: Path, mutant: Mutant) -> None:
    file = tree / mutant.file
    file.write_text(file.read_text(encoding="utf-8").replace(mutant.text, mutant.instead), encoding="utf-8")


def run(tree: Path, tests: list[str]) -> tuple[bool, str]:
    """Whether all of these tests pass there, and what pytest said last."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-profile=mutants"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return False, "did not end"
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode not in (0, 1):
        raise SystemExit(f"pytest could not run:\n{done.stdout}{done.stderr}")
    return done.returncode == 0, lines[0].split(" - ")[0] if lines else ""


def noticed(mutant: Mutant) -> tuple[bool, str]:
    """Whether a test went red, and which: its own tests in their order, until one did."""
    for test in mutant.tests:
        with copied() as tree:
            broken(tree, mutant)
            green, said = run(tree, [test])
        if not green:
            return True, said
    return False, "SURVIVED"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*", help="only mutants whose names have one of these words")
    words = parser.parse_args().words
    chosen = tuple(one for one in MUTANTS if not words or any(word in one.name for word in words))
    for mutant in chosen:
        if places(mutant) != 1:
            raise SystemExit(f"{mutant.name}: its text stands {places(mutant)} times in {mutant.file}, not once")
    with copied() as tree:
        green, said = run(tree, tests_of(chosen))
    if not green:
        raise SystemExit(f"Nothing was changed, and the tests are red: {said}")
    survived = 0
    for mutant in chosen:
        began = time.monotonic()
        red, said = noticed(mutant)
        survived += not red
        print(f"{mutant.name:38} {said:100} {time.monotonic() - began:4.0f} s", flush=True)
    print(f"{len(chosen) - survived} of {len(chosen)} mutants noticed")
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
