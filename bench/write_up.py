"""What the write-up's PDF costs: against a browser that prints the same document, and for those who answer meanwhile.

Reports of about 12, 40 and 100 pages, of made-up people. Ours goes through the press, with a process that is ready and
with one that has to start; the browser starts each time. All in turns within one run; a figure is a ratio of medians.
Then the time of an answer, a real server, while it makes the largest PDF, against the time when it makes none; and the
time for every file of a large session together. Prints a table and adds to bench/out/figures.json.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import product
from pathlib import Path
from random import Random
from statistics import median, quantiles
from threading import Thread
from typing import Any, NamedTuple

from tests.cast import PACK, Facilitator, ada, phone
from tests.exports import made_up
from tests.house import CODE
from workshop import kinds, packs
from workshop.config import ROOT
from workshop.exports import FORMATS
from workshop.exports.press import Press
from workshop.gathered import Person
from workshop.rehearsal.camera import CHROMIUM_FLAGS, chromium
from workshop.rehearsal.server import OwnServer
from workshop.text import LANGUAGES

MEMORY_GOAL = 400  # MiB
ANSWER_GOAL = 1.5
PHONES = 10
PAUSE = 0.02  # seconds between two answers
IDLE = 8  # seconds
EVERYTHING = 300  # people of a session of which every file is made
EXERCISE = "confidence-before"


class Size(NamedTuple):
    name: str
    pack: str
    people: int
    exercises: int | None  # the first so many; None: all
    goal: float  # times as long as the browser


SIZES = (
    Size("12 pages", "demo", 60, 3, 1.0),
    Size("40 pages", "all-in-this-together", 70, None, 2.0),
    Size("100 pages", "all-in-this-together", 520, None, 3.5),
)


def main() -> int:
    if "--memory" in sys.argv:
        return _print_memory(Path(sys.argv[-1]))
    rounds = 1 if "--quick" in sys.argv else 5
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        for size in SIZES[:2] if "--quick" in sys.argv else SIZES:
            folder = Path(scratch) / size.name
            with made_up.held(folder, size.pack, size.people, size.exercises) as app:
                rows |= _sizes(size, made_up.document(app), folder, rounds)
        rows |= _answers(folder, rounds)
        with made_up.held(Path(scratch) / "everything", PACK, EVERYTHING) as app:
            rows |= _every_format({lang: made_up.document(app, lang) for lang in LANGUAGES}, rounds)
    _keep(rows)
    return 0


def _sizes(size: Size, html: str, folder: Path, rounds: int) -> Iterator[tuple[str, Any]]:
    file = folder / "write-up.html"
    file.write_text(html.replace("asset:///", f"{(ROOT / 'static').as_uri()}/"), encoding="utf-8")
    warm, cold, browser = [], [], []
    for n in range(rounds):
        with _press() as press:
            cold.append(_seconds(lambda press=press, n=n: press.make("pdf", html, of=("cold", n), code="A")))
            time.sleep(3)  # until it has got everything ready
            warm.append(_seconds(lambda press=press, n=n: press.make("pdf", html, of=("warm", n), code="A")))
        browser.append(_seconds(lambda: _printed(file, folder)))
    with _press() as press:
        pages = _pages(press.make("pdf", html, of="pages", code="pages"))
    memory = int(_self("--memory", str(folder / "whole.html"), html))
    reference = median(browser)
    print(f"{size.name} ({pages}, {size.people} people): the browser {reference:.2f} s; memory {memory} MiB")
    for how, taken in (("ready", warm), ("starting", cold)):
        ratio = median(taken) / reference
        print(f"  {how:9} {median(taken):6.2f} s   x {ratio:.2f}  (goal {size.goal:g})", flush=True)
        yield f"{size.name}, {how}", _row(ratio, size.goal, seconds=median(taken), pages=pages)
    yield f"{size.name}, MiB", _row(memory, MEMORY_GOAL)


def _every_format(html: Mapping[str, str], rounds: int) -> Iterator[tuple[str, Any]]:
    """Seconds for every file of a large session, one after the other from a process that is ready; no goal is set."""
    taken: dict[str, list[float]] = {format: [] for format in FORMATS}
    for n in range(rounds):
        with _press() as press:
            press.make("csv", html["en"], of=("ready", n), code="A")
            time.sleep(3)
            for format, lang in product(FORMATS, LANGUAGES):
                make = partial(press.make, format, html[lang], of=(n, lang), code="A")
                taken[format].append(_seconds(make))
    every = {format: 2 * median(seconds) for format, seconds in taken.items()}  # both languages
    told = ", ".join(f"{format} {seconds:.2f}" for format, seconds in every.items())
    print(f"Every format of {EVERYTHING} people in both languages: {sum(every.values()):.1f} s ({told})", flush=True)
    yield "every format of a large session, seconds", {"value": round(sum(every.values()), 2), **every}


def _row(value: float, goal: float, **more: Any) -> dict[str, Any]:
    said = {name: round(what, 2) for name, what in more.items()}
    return {"value": round(value, 2), "reference": 1.0, "goal": goal, "met": value <= goal, **said}


@contextmanager
def _press() -> Iterator[Press]:
    press = Press()
    try:
        yield press
    finally:
        press.close()


def _seconds(what: Any) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _printed(file: Path, folder: Path) -> None:
    """By a browser that has never run before."""
    with tempfile.TemporaryDirectory(dir=folder) as profile:
        flags = ["--headless", *CHROMIUM_FLAGS, f"--user-data-dir={profile}", "--no-pdf-header-footer"]
        command = [chromium(), *flags, f"--print-to-pdf={profile}/made.pdf", file.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert (Path(profile) / "made.pdf").stat().st_size


def _pages(made: bytes) -> int:
    said = subprocess.run(["pdfinfo", "-"], input=made, capture_output=True, check=True).stdout.decode()
    return int(said.split("Pages:")[1].split()[0])


def _self(option: str, path: str, html: str) -> str:
    """In a process of its own, because what children used is known only for all of them together."""
    Path(path).write_text(html, encoding="utf-8")
    command = [sys.executable, "-m", "bench.write_up", option, path]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def _print_memory(file: Path) -> int:
    """The most that the press's processes had in memory, in MiB."""
    import resource

    with _press() as press:
        press.make("pdf", file.read_text(encoding="utf-8"), of=1, code="A")
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(most // (1024**2 if sys.platform == "darwin" else 1024))
    return 0


def _answers(folder: Path, rounds: int) -> Iterator[tuple[str, Any]]:
    """How long an answer takes, at the 95th of a hundred, idle and while the PDF of the session there is made."""
    idle, busy = [], []
    for _ in range(rounds):
        server = OwnServer(folder).start()
        try:
            facilitator, phones = ada(server), Phones(server)
            end = time.monotonic() + IDLE
            idle.append(phones.p95(lambda end=end: time.monotonic() < end))
            printing = Thread(target=_fetched, args=(facilitator, f"/r/{CODE}/en.pdf"))
            printing.start()
            busy.append(phones.p95(printing.is_alive))
            printing.join()
        finally:
            server.kill()
    ratio = median(busy) / median(idle)
    print(f"Answers: p95 {median(idle) * 1e3:.1f} ms idle, {median(busy) * 1e3:.1f} ms meanwhile", end="   ")
    print(f"x {ratio:.2f}  (goal {ANSWER_GOAL:g})")
    yield "answers while the largest PDF is made", _row(ratio, ANSWER_GOAL, milliseconds=median(busy) * 1e3)


class Phones:
    """A few that answer one exercise again and again."""

    def __init__(self, server: OwnServer) -> None:
        facilitator = ada(server)
        code = facilitator.start(PACK)
        facilitator.go(code, EXERCISE, "open")
        self._revision, self._n = facilitator.revision(code), 0
        self._phones = [phone(server, code, "en") for _ in range(PHONES)]
        content = packs.load_all(ROOT / "exercises")[PACK].exercise(EXERCISE)
        self._random, self._exercise = Random(7), content

    def p95(self, goes_on: Callable[[], bool]) -> float:
        """Seconds, of answers one after the other while it goes on."""
        taken = []
        while goes_on():
            self._n += 1
            value = None
            while value is None:
                person = Person("en", None, False)
                value = kinds.imagine(self._exercise.kind, self._exercise.content, self._random, person, {})
            one = self._phones[self._n % PHONES]
            began = time.perf_counter()
            answer = one.put_answer(EXERCISE, self._n, value, self._revision)
            taken.append(time.perf_counter() - began)
            assert answer.json["status"] == "received", answer.text
            time.sleep(PAUSE)
        return quantiles(taken, n=20)[-1]


def _fetched(facilitator: Facilitator, path: str) -> None:
    line = HTTPConnection("127.0.0.1", facilitator.server.port, timeout=300)
    line.request("GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in facilitator.cookies.items())})
    answer = line.getresponse()
    assert (answer.status, answer.read()[:4]) == (200, b"%PDF")
    line.close()


def _keep(rows: dict[str, Any]) -> None:
    file = ROOT / "bench" / "out" / "figures.json"
    file.parent.mkdir(exist_ok=True)
    figures = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps(figures | {"write-up": rows}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
