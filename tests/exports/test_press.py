"""The press: files are made one at a time, few at once, each once; what goes wrong in one harms nothing else."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest

from tests.cast import PATIENCE, eventually
from workshop.config import ROOT
from workshop.exports.confined import Limits
from workshop.exports.press import AT_ONCE, KEPT, WAITING, NoFile, Press

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def page(words: str = "Words") -> str:
    return f"<!doctype html><html lang=en><title>{words}</title><h1>{words}</h1>"


def text_of(made: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()


def inside(pid: int) -> list[int]:
    """The processes that a process started."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for file in files for child in file.read_text().split()]


def presses() -> list[int]:
    return [pid for pid in inside(os.getpid()) if b"pressed.py" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@pytest.fixture
def limited() -> Iterator[Callable[..., Press]]:
    """A press with other limits."""
    made: list[Press] = []

    def make(**limits: float) -> Press:
        made.append(Press(Limits(**limits)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for press in made:
        press.close()


@pytest.fixture
def held(press: Press) -> Iterator[Callable[..., Future[bytes]]]:
    """Asks for files, of which none is made before the test ends or says `go`."""
    stopped: list[int] = []
    with ThreadPoolExecutor(20) as pool:

        def ask(code: str, of: str, *, begins: bool) -> Future[bytes]:
            before = len(press.working(code))
            asked = pool.submit(press.make, "pdf", page(of), of=of, code=code)
            eventually(lambda: len(press.working(code)) > before)
            if begins:
                eventually(lambda: len(presses()) > len(stopped))
                for pid in set(presses()) - set(stopped):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.append(pid)
            return asked

        def go() -> None:
            while stopped:
                with suppress(ProcessLookupError):
                    os.kill(stopped.pop(), signal.SIGCONT)

        ask.go = go  # type: ignore[attr-defined]
        yield ask
        go()


def test_a_file_is_made(press: Press) -> None:
    assert text_of(press.make("pdf", page("Here it is"), of=1, code="A")).split() == ["Here", "it", "is"]


def test_the_same_document_is_made_once(press: Press) -> None:
    first = press.make("pdf", page("first"), of="it", code="A")
    assert press.make("pdf", page("never looked at"), of="it", code="A") is first


@on_linux
def test_who_asks_for_what_is_being_made_gets_that_one(press: Press, held) -> None:
    first = held("A", "one", begins=True)
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(press.make, "pdf", "not this", of="one", code="A")
        held.go()
        assert first.result(PATIENCE) is second.result(PATIENCE)


@on_linux
def test_of_one_session_one_file_is_made_at_a_time(press: Press, held) -> None:
    asked = [held("A", "one", begins=True), held("A", "two", begins=False)]
    assert [(it.format, it.begun) for it in press.working("A")] == [("pdf", True), ("pdf", False)]
    held.go()
    assert [text_of(it.result(PATIENCE)).strip() for it in asked] == ["one", "two"]
    assert press.working("A") == []


@on_linux
def test_of_all_sessions_no_more_are_made_at_once_than_the_machine_bears(press: Press, held) -> None:
    asked = [held(code, code, begins=n < AT_ONCE) for n, code in enumerate("ABC")]
    assert [press.working(code)[0].begun for code in "ABC"] == [True, True, False]
    held.go()
    assert [text_of(it.result(PATIENCE)).strip() for it in asked] == ["A", "B", "C"]


@on_linux
def test_a_session_that_wants_too_many_files_is_told_to_wait_and_others_are_not(press: Press, held) -> None:
    for n in range(1 + WAITING):
        held("A", f"{n}", begins=n == 0)
    with pytest.raises(NoFile) as error:
        press.make("pdf", page(), of="one more", code="A")
    assert error.value.reason == "busy"
    assert press.make("pdf", page(), of="another's", code="B").startswith(b"%PDF")


def test_the_files_that_were_asked_for_last_are_kept(press: Press) -> None:
    made = [press.make("pdf", page(), of=n, code="A") for n in range(KEPT)]
    assert press.make("pdf", page(), of=0, code="A") is made[0]
    press.make("pdf", page(), of="one more", code="A")
    assert press.make("pdf", page(), of=0, code="A") is made[0]
    assert press.make("pdf", page(), of=1, code="A") is not made[1]


def test_what_is_forgotten_is_made_anew_and_what_others_have_stays(press: Press) -> None:
    mine, others = (press.make("pdf", page(), of=code, code=code) for code in "AB")
    press.forget("A")
    assert press.make("pdf", page(), of="B", code="B") is others
    assert press.make("pdf", page(), of="A", code="A") is not mine


@on_linux
def test_what_is_forgotten_while_it_is_made_is_not_kept(press: Press, held) -> None:
    asked = held("A", "one", begins=True)
    press.forget("A")
    held.go()
    made = asked.result(PATIENCE)
    assert press.make("pdf", page(), of="one", code="A") is not made


BOMBS = {
    "nested deeply": ("<div>" * 5000, {}, "failed"),
    "takes much memory": ("<table>" + "<tr><td>cell" * 20_000, {"memory": 320 * 1024**2}, "failed"),
    "takes much time": ("<table>" + "<tr><td>cell" * 20_000, {"cpu": 2}, "slow"),
    "never ends": ("<table>" + "<tr><td>cell" * 20_000, {"seconds": 2}, "slow"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_document_that_does_harm_fails_and_the_next_one_works(limited: Callable[..., Press], name: str) -> None:
    body, limits, reason = BOMBS[name]
    press = limited(**limits)
    with pytest.raises(NoFile) as error:
        press.make("pdf", page() + body, of="bad", code="A")
    assert error.value.reason == reason
    assert press.make("pdf", page(), of="good", code="A").startswith(b"%PDF")


@on_linux
def test_when_the_process_is_killed_the_file_fails_and_the_next_one_works(press: Press, held) -> None:
    asked = held("A", "one", begins=True)
    os.kill(presses()[0], signal.SIGKILL)
    with pytest.raises(NoFile) as error:
        asked.result(PATIENCE)
    assert error.value.reason == "failed"
    assert press.make("pdf", page(), of="good", code="A").startswith(b"%PDF")


@on_linux
def test_one_process_makes_many_files(press: Press) -> None:
    press.make("pdf", page(), of=1, code="A")
    before = presses()
    press.make("pdf", page(), of=2, code="B")
    assert presses() == before


def test_a_file_holds_nothing_of_the_one_before(press: Press) -> None:
    press.make("pdf", page("Confidential of session A"), of=1, code="A")
    made = press.make("pdf", page("Of session B"), of=2, code="B")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        streams = [it.read_bytes() for it in pdf.objects if isinstance(it, pikepdf.Stream)]
    alone = Press()
    try:
        same = alone.make("pdf", page("Of session B"), of=2, code="B")
    finally:
        alone.close()
    with pikepdf.open(io.BytesIO(same)) as pdf:
        assert streams == [it.read_bytes() for it in pdf.objects if isinstance(it, pikepdf.Stream)]


@on_linux
def test_nothing_of_the_servers_environment_is_in_the_process(press: Press, monkeypatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hush")
    press.make("pdf", page(), of=1, code="A")
    names = {pair.partition(b"=")[0] for pair in Path(f"/proc/{presses()[0]}/environ").read_bytes().split(b"\0")}
    assert (
        names - {b"", b"LC_ALL", b"HOME", b"TMPDIR"} - {n for n in names if n.startswith((b"XDG_", b"FONTCONFIG_"))}
        == set()
    )


@on_linux
def test_the_process_has_no_file_of_the_servers_open(press: Press, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w"):
        press.make("pdf", page(), of=1, code="A")
        opened = [os.readlink(fd) for fd in Path(f"/proc/{presses()[0]}/fd").iterdir()]
    assert str(tmp_path / "open") not in opened
    assert [it for it in opened if it.startswith("socket:")] == []


@on_linux
def test_when_the_server_is_killed_its_processes_end_in_the_middle_of_a_file() -> None:
    script = """if 1:
        from workshop.exports.press import Press
        Press().make("pdf", "<table>" + "<tr><td>cell" * 20_000, of=1, code="A")
    """
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT) as server:
        eventually(lambda: any(inside(pid) for pid in inside(server.pid)))
        pids = [*inside(server.pid), *(job for pid in inside(server.pid) for job in inside(pid))]
        server.kill()
    eventually(lambda: not any(is_there(pid) for pid in pids))


@on_linux
def test_nothing_is_left_on_disk(limited: Callable[..., Press], tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    press = limited(seconds=5)
    press.make("pdf", page("Ελλάδα"), of=1, code="A")
    with pytest.raises(NoFile):
        press.make("pdf", page() + "<table>" + "<tr><td>cell" * 20_000, of=2, code="A")
    press.close()
    assert list(tmp_path.iterdir()) == []


def test_others_go_on_while_a_file_is_made_in_the_server() -> None:
    script = """if 1:
        from gevent import monkey
        monkey.patch_all()
        import gevent
        from workshop.exports.press import Press
        happened = []
        def make():
            Press().make("pdf", "<html lang=en><title>t</title><h1>t</h1>", of=1, code="A")
            happened.append("made")
        making = gevent.spawn(make)
        gevent.sleep(0.01)
        happened.append("went on")
        making.join()
        print(happened)
    """
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert said == "['went on', 'made']\n"
