"""Texts such as people type, and worse, in a document like a write-up: what the files have to stand."""

from html import escape

TEXTS = {
    "emoji": "Families 👨‍👩‍👧‍👦 👩🏽‍🚀 👩‍❤️‍💋‍👨, flags 🇬🇧 🇺🇦 🏳️‍🌈 🏴󠁧󠁢󠁷󠁬󠁳󠁿 🏴󠁧󠁢󠁳󠁣󠁴󠁿, hands 👍🏻👍🏿 🤝🏽, keys 1️⃣ #️⃣ *️⃣ 🔟, ❤️ ☎︎ ©️ ®",
    "new emoji": "Melting 🫠, shaking 🫨, a phoenix 🐦‍🔥, a lime 🍋‍🟩, bags 🫩, half a family 👨‍🦽‍➡️ 👩‍👩‍ ‍👦",
    "Arabic": "الخدمات العامة في المجتمع ١٢٣ — لا نعرف؛ لماذا؟ «نعم» بِسْمِ اللَّهِ",
    "both ways": "We said مرحبا بالعالم (twice: ٢) and שלום to all 50% — ‎left‎ ‏right‏ – end.",
    "CJK": "公共服务需要更多时间。みんなで決めましょう。커뮤니티가 함께 결정합니다。𠮷野家",
    "Greek": "Ἡ πόλις τῶν πολιτῶν — ευχαριστώ, Ελλάδα; ΐ ΰ ᾳ ῷ",
    "Cyrillic": "Громадські послуги: їжа, ґанок, Київ — ёлка, ѣ Ѫ ꙋ",
    "Hebrew": "שֵׁם הָעִיר, שירותים ציבוריים – ״כן״ ₪",
    "Devanagari": "सार्वजनिक सेवाएँ क्षेत्र में — श्री, क्ष, र्‍य, १२३ ₹",
    "other scripts": "ქართული հայերեն ไทยแลนด์ தமிழ் বাংলা ગુજરાતી ਪੰਜਾਬੀ አማርኛ ខ្មែរ ᏣᎳᎩ ᚠᚢᚦ Tiếng Việt ơ ư",
    "control": "bell \x07, escape \x1b[31m, delete \x7f, next line \x85, vertical tab \x0b, unit \x1f end",
    "zalgo": "Z̴̢̧̛͇̘̲̈́̋͑͊͝a̵̬̮̒l̶̹̱͛̄͜g̷̨̛̺͖̊͌o̶̦̓ " + "x" + "".join(map(chr, range(0x300, 0x370))),
    "long note": "A note about buses, and what else they could be. " * 209,
    "long word": "gwasanaethau" * 417,
    "Welsh": "Â Ê Î Ô Û Ŵ Ŷ â ê î ô û ŵ ŷ Ẁ ẁ Ẃ ẃ Ẅ ẅ Ỳ ỳ Ÿ ÿ Á á Ö ö: tŷ, dŵr, hŷn, ŵyn; gŵyl yn Llanfair‑ym‑Muallt",
    "decomposed": "dŵr, tŷ, café, Å",
    "nothing": "",
    "blank": " \u00a0\u2003\u200b ",
    "private use": "before \ue000\ue001\uf8ff \U000f0000\U0010fffd after",
    "unassigned": "before \u0378 \u2fef \U0001fbff \U0003ffff \ufdd0 \ufffe after",
    "soft hyphens": "gwasan\u00adaeth\u00adau cyhoedd\u00adus " * 3,
    "invisible": "zero\u200bwidth\u200cjoin\u200der\u2060word\ufeffmark\u034fgrapheme \u180e \u2061 \U000e0001",
    "maths": "∑ x² ≤ ∞, √2 ≈ 1·41, ∫ f(x) dx ≠ ∅, ½ ⅔ ⁵ ₂, 𝔸 𝓑 𝑥, → ← ↑ ↓ ⇒ ⇔ ↔ ⟶ ➜ ➡",
    "ticks": "✓ ✔ ✗ ✘ ☐ ☑ ☒ ★ ☆ ■ □ ● ○ ◆ ▶ ◀ ♥ ✂ ❶ ① Ⅳ № ™ ℠ † ‡ § ¶ • ‣ ⁃",
    "marks up": "<script>alert(1)</script> & \"quotes\" 'n' </p></td> <!-- & &amp; &#x202E; ]]> {{ 7*7 }} =1+1",
    "one letter": "a",
    "replaced": "\ufffd\ufffc \u2028 \u2029",
}
WORDS = {"en": "Heading", "cy": "Pennawd"}
IMAGE = (  # one dark point
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA"
    "60e6kgAAAABJRU5ErkJggg=="
)


def document(text: str, lang: str) -> str:
    """A write-up with this text wherever people's words come to stand."""
    other, word = {"en": "cy", "cy": "en"}[lang], WORDS[lang]
    text, name = escape(text), escape(text[:120])  # of titles and names
    sheets = "".join(
        f'<link rel="stylesheet" href="asset:///css/{name}.css">'
        for name in ("paper-fonts", "reset", "tokens", "tally", "report", "paper")
    )
    rows = "".join(
        f'<tr><th scope="row" class="words">{name}</th><td class="count">{n}</td><td>{(name, text)[n]}</td></tr>'
        for n in range(2)
    )
    return f"""<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{name}: {word}</title>{sheets}</head><body><main>
<section class="cover"><h1>{word}: {name}</h1><ul class="facts"><li>{name}</li><li>{word}</li></ul></section>
<section class="page"><h2>{word}: {name}</h2>
<p>{text} <span class="by">{word}</span> <a href="https://example.org/">{name}</a></p>
<blockquote lang="{other}"><p><bdi>{text}</bdi></p><p class="by" lang="{lang}">{word}</p></blockquote>
<ul class="note-list"><li class="note" lang="{other}"><bdi>{text}</bdi></li>
<li class="note">{text}<ul class="merged"><li>{text}</li></ul></li></ul>
<ol><li><p>{text}</p><p>{word}</p></li><li>{text}<ul><li>{text}</li></ul></li></ol></section>
<section class="exercise"><h2>{word}</h2><h3>{word}: {name}</h3>
<table><caption>{name}</caption><thead><tr><th scope="col">{name}</th><th scope="colgroup" colspan="2">{word}</th></tr>
</thead><tbody>{rows}</tbody></table>
<figure><img src="{IMAGE}" alt="{name} {word}" width="40" height="40"><figcaption>{name}</figcaption></figure>
<figure><img src="{IMAGE}" alt="{name} {word}" width="40" height="40"></figure>
<p><img src="{IMAGE}" alt="" width="9" height="9">{word}</p>
<svg viewBox="0 0 90 20" width="90" height="20" role="img">
<title>{word} {name}</title><text x="2" y="15">{name}</text></svg>
</section></main></body></html>"""
