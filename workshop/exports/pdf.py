"""The write-up as PDF, to PDF/UA-1."""

import weasyprint
from weasyprint.urls import URLFetcher, URLFetcherResponse

from workshop.exports.confined import STATIC

KINDS = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


def write(html: str) -> bytes:
    """The document as PDF. It sees our own style sheets and fonts, and what it carries in itself; nothing else."""
    fetcher = Assets(allowed_protocols=("data", "asset"), allow_redirects=False)
    document = weasyprint.HTML(string=html, base_url="asset:///", url_fetcher=fetcher)
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True))


class Assets(URLFetcher):  # type: ignore[misc]
    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        file = (STATIC / url.removeprefix("asset:///")).resolve()
        if not url.startswith("asset:///") or not file.is_relative_to(STATIC):
            raise ValueError("not ours")
        return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": KINDS[file.suffix]})
