"""What a document cannot make the PDF's process do: reach into the network or read files."""

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from workshop.config import ROOT
from workshop.exports.press import Press

SECRET = "PASSWORD-OF-THE-TOWN-HALL"
VECTORS = {
    "image": '<img alt=a src="{url}">',
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import url("{url}");</style>',
    "attachment link": '<link rel="attachment" href="{url}"><a rel="attachment" href="{url}">a</a>',
    "background": '<style>p {{ background: url("{url}") }}</style>',
    "list marker": '<ul style="list-style-image: url({url})"><li>a</ul>',
    "generated content": '<style>p::before {{ content: url("{url}") }}</style>',
    "font": '<style>@font-face {{ font-family: F; src: url("{url}") }} p {{ font-family: F }}</style>',
    "object": '<object data="{url}">a</object><embed src="{url}">',
    "frame": '<iframe src="{url}"></iframe>',
    "base": '<base href="{url}"><img alt=a src="x.png">',
    "svg image": '<svg width=9 height=9><title>a</title><image href="{url}" width=9 height=9 /></svg>',
    "svg use": '<svg width=9 height=9><title>a</title><use href="{url}#a" /></svg>',
    "svg style": '<svg width=9 height=9><title>a</title><style>@import url("{url}");</style></svg>',
    "svg in data": '<img alt=a src="data:image/svg+xml,%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 width=%279%27 '
    'height=%279%27%3E%3Cimage href=%27{url}%27 width=%279%27 height=%279%27/%3E%3C/svg%3E">',
    "entity in data": '<img alt=a src="data:image/svg+xml,%3C!DOCTYPE svg [%3C!ENTITY e SYSTEM %27{url}%27%3E]%3E'
    "%3Csvg xmlns=%27http://www.w3.org/2000/svg%27 width=%279%27 height=%279%27%3E%3Ctext y=%279%27%3E&e;"
    '%3C/text%3E%3C/svg%3E">',
    "out of the folder": '<link rel="stylesheet" href="asset:///../{path}"><img alt=a src="asset:////{path}">',
}  # fmt: skip


@pytest.fixture(scope="module")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@pytest.fixture
def ear() -> Iterator[socket.socket]:
    """A server that hears whether somebody comes."""
    with socket.create_server(("127.0.0.1", 0)) as ear:
        ear.setblocking(False)
        yield ear


@pytest.mark.parametrize("name", VECTORS)
def test_a_document_reaches_nothing_outside_itself(press: Press, ear: socket.socket, tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text(f'<svg xmlns="http://www.w3.org/2000/svg"><text y="9">{SECRET}</text></svg>', encoding="utf-8")
    port = ear.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/a.svg", f"ftp://127.0.0.1:{port}/a.svg", secret.as_uri(), str(secret)):
        body = VECTORS[name].format(url=url, path=secret)
        made = press.make("pdf", f"<html lang=en><title>t</title><h1>Whole</h1><p>p{body}", of=body, code="A")
        with pikepdf.open(io.BytesIO(made)) as pdf:
            assert list(pdf.attachments) == []
            for it in pdf.objects:
                if isinstance(it, pikepdf.Stream):
                    assert SECRET.encode() not in it.read_bytes()
        said = subprocess.run(["pdftotext", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
        assert said.startswith("Whole")
        assert SECRET not in said
    with pytest.raises(BlockingIOError):
        ear.accept()


FORBIDDEN = {
    "connect": "import socket; socket.create_connection(('127.0.0.1', {port}))",
    "look up": "import socket; socket.getaddrinfo('example.org', 80)",
    "a program": "import subprocess; subprocess.run(['true'])",
    "a shell": "import os; os.system('true')",
    "to become another program": "import os; os.execv('/bin/true', ['true'])",
    "fork": "import os; os.fork()",
    "kill": "import os; os.kill(os.getppid(), 15)",
    "read a file": "open({file!r})",
    "read by number": "import os; os.open({file!r}, os.O_RDONLY)",
    "read by another name": "open(STATIC + '/../../..' + {file!r})",
    "read the server's settings": "open(ROOT + '/pyproject.toml')",
    "read what the server knows": "open('/proc/' + str(__import__('os').getppid()) + '/environ')",
    "write": "open(STATIC + '/new', 'w')",
    "load a library": "import ctypes; ctypes.CDLL('libm.so.6')",
}
ALLOWED = {
    "read a style sheet": "open(STATIC + '/css/paper.css').read()",
    "import": "import wave, pikepdf",
    "write in its own folder": "open({folder!r} + '/new', 'w').write('new')",
}


def behind_the_wall(script: str, tmp_path: Path) -> "subprocess.CompletedProcess[bytes]":
    (tmp_path / "file").write_text("words", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as ear:
        told = script.format(port=ear.getsockname()[1], file=str(tmp_path / "file"), folder=str(folder))
        begin = (
            f"STATIC, ROOT = {str(ROOT / 'static')!r}, {str(ROOT)!r}; from workshop.exports.confined import Wall; "
            f"wall = Wall(); wall.stand(); wall.close({str(folder)!r}); "
        )
        return subprocess.run([sys.executable, "-c", begin + told], cwd=ROOT, capture_output=True, timeout=60)


@pytest.mark.parametrize("name", FORBIDDEN)
def test_behind_the_wall_it_is_forbidden_to(name: str, tmp_path: Path) -> None:
    done = behind_the_wall(FORBIDDEN[name], tmp_path)
    assert done.stderr.decode().splitlines()[-1].startswith("PermissionError")


@pytest.mark.parametrize("name", ALLOWED)
def test_behind_the_wall_it_is_possible_to(name: str, tmp_path: Path) -> None:
    done = behind_the_wall(ALLOWED[name], tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="a network of one's own is Linux's")
def test_where_the_system_lets_it_the_process_has_a_network_of_its_own_with_nothing_in_it() -> None:
    script = """if 1:
        import os
        from workshop.exports.confined import leave_the_network
        before = os.readlink("/proc/self/ns/net")
        leave_the_network()
        print("left" if os.readlink("/proc/self/ns/net") != before else "stayed")
        print(open("/proc/net/dev").read().count(":"))
    """
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    if said.startswith("stayed"):
        pytest.skip("this system lets nobody have a network of their own")
    assert said.split() == ["left", "1"]  # the loopback, which is down
