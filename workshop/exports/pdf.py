"""The write-up as PDF (PDF/UA-1), rendered in a process of its own: limited, and out of the live room's way.

Run as a script it is that process: HTML on standard input, the PDF on standard output.
"""

import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent.parent / "static"
SECONDS = 120  # of wall clock
CPU_SECONDS = 60
MEMORY = 2 * 1024**3  # bytes of address space
NICE = 15  # live answers come first
KEPT = 8  # rendered files


class NoPdf(Exception):
    """The PDF could not be made. `reason` is "slow", "pango" (the library that draws it is missing) or "failed"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Printer:
    """Renders one document at a time and keeps the last few by what they are of."""

    def __init__(self, lock: Any) -> None:
        self._lock = lock
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._forgotten = 0  # a file that was being rendered when everything was forgotten is not kept

    def pdf(self, html: str, of: Hashable) -> bytes:
        """The document as PDF; `of` names its content, so that the same is not rendered twice."""
        with self._lock:
            if of in self._kept:
                self._kept.move_to_end(of)
                return self._kept[of]
            before = self._forgotten
            made = render(html)
            if before == self._forgotten:
                self._kept[of] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return made

    def forget(self) -> None:
        self._forgotten += 1
        self._kept.clear()


def render(html: str) -> bytes:
    """PDF bytes, or NoPdf. The child sees no environment but what fonts need."""
    passed = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "LANG", "DYLD_FALLBACK_LIBRARY_PATH", "SYSTEMROOT")
        if name in os.environ
    }
    try:
        done = subprocess.run(
            [sys.executable, "-P", str(Path(__file__).resolve())],
            input=html.encode(),
            capture_output=True,
            timeout=SECONDS,
            env=passed,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NoPdf("slow") from None
    if done.returncode == 0 and done.stdout.startswith(b"%PDF"):
        return done.stdout
    if b"cannot load library" in done.stderr:
        raise NoPdf("pango")
    sys.stderr.buffer.write(done.stderr[-2000:])
    raise NoPdf("failed")


def _limit() -> None:
    """Best effort: what the system offers."""
    try:
        import resource

        os.nice(NICE)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        pass


def _render_here(html: bytes) -> bytes:
    import weasyprint
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Assets(URLFetcher):  # type: ignore[misc]
        """Our own style sheets and fonts, and what the document carries in itself; nothing else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            file = (STATIC / url.removeprefix("asset:///")).resolve()
            if not url.startswith("asset:///") or not file.is_relative_to(STATIC):
                raise ValueError("not ours")
            kinds = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kinds[file.suffix]})

    fetcher = Assets(allowed_protocols=("data", "asset"), allow_redirects=False)
    document = weasyprint.HTML(string=html.decode(), base_url="asset:///", url_fetcher=fetcher)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True))


if __name__ == "__main__":
    _limit()
    sys.stdout.buffer.write(_render_here(sys.stdin.buffer.read()))
