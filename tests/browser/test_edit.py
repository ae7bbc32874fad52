"""The facilitator edits the write-up beside its preview: in two windows, through a dead server, without a script."""

import secrets
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, FrameLocator, Locator, Page, expect

from tests.browser.conftest import UNPLUGGED, OwnServer, Room, block

CANDIDATES = ("A choir", "A brass band", "Keep the stage")

STORED = """async ([address, id]) => {
  const page = await (await fetch(address)).text();
  return new DOMParser().parseFromString(page, 'text/html').getElementById(id).defaultValue;
}"""
BYTES = "async (address) => [...new Uint8Array(await (await fetch(address)).arrayBuffer())]"


class Editor:
    """The page where the write-up is edited, in a window of its own."""

    def __init__(self, room: Room, lang: str = "en", page: Page | None = None) -> None:
        self.room, self.page = room, page or room.facilitator.new_page()
        self.address = f"{room.url}/c/{room.code}/write-up"
        self.page.goto(f"{self.address}?lang={lang}")

    def here(self) -> "Editor":
        """With its socket up and its preview drawn."""
        expect(self.page.locator("body[data-connected=true]")).to_be_attached()
        expect(self.preview.locator("h1")).to_be_visible()
        return self

    @property
    def preview(self) -> FrameLocator:
        return self.page.frame_locator("#paper iframe")

    def box(self, field: str, lang: str) -> Locator:
        return self.page.locator(f"#words-{field}-{lang}")

    def state(self, field: str, lang: str) -> Locator:
        return self.page.locator(f"form:has(#words-{field}-{lang}) [data-state]")

    def conflict(self, field: str, lang: str) -> Locator:
        return self.page.locator(f"form:has(#words-{field}-{lang}) .conflict")

    def type(self, field: str, lang: str, words: str) -> None:
        self.box(field, lang).focus()
        self.page.keyboard.press("End")
        self.page.keyboard.type(words)

    def saved(self, field: str, lang: str) -> None:
        expect(self.state(field, lang)).to_have_text("Saved")

    def all_saved(self) -> None:
        expect(self.page.locator("#all-saved")).to_have_text("Everything is saved")

    def turn(self, lang: str) -> None:
        self.page.locator(f"[data-preview={lang}]").click()
        expect(self.preview.locator(f"html[lang={lang}]")).to_be_attached()

    def chapters(self) -> list[str]:
        """Those of the preview, in their order."""
        found = self.preview.locator("main > section[id]").evaluate_all("all => all.map((one) => one.id)")
        return [str(id) for id in found]

    def press(self, id: str) -> None:
        """A button, by keyboard; it keeps the focus."""
        self.page.locator(f"#{id}").focus()
        self.page.keyboard.press("Enter")

    def stored(self, field: str, lang: str) -> str:
        """What the server holds."""
        return str(self.page.evaluate(STORED, [self.address, f"words-{field}-{lang}"]))


def ended(room: Room, *ideas: str) -> Room:
    """The room after people wrote these ideas, agreed that they may be quoted, saw them, and went home."""
    room.console.bring_to_front()  # what lies behind draws no frames to wait for
    room.open("ideas")
    prompt = room.exercise("ideas").content.prompts[0].id
    for text, one in zip(ideas, room.crowd(len(ideas)), strict=True):
        note = {"id": secrets.token_hex(8), "prompt": prompt, "lang": "en", "text": text, "quotable": True}
        room.answers("ideas", {"notes": [note]}, one)
    room.next()
    room.next()
    room.go_to(room.workshop.agenda[-1].id)
    while room.offers().split(" ")[0] != "end":
        room.next()
    room.end()
    return room


def test_what_is_typed_is_saved_and_stands_in_the_preview_of_its_language(room: Room) -> None:
    editor = Editor(room).here()
    editor.type("title", "cy", "Neuadd y pentref")
    editor.saved("title", "cy")
    editor.type("title", "en", "The village hall")
    editor.saved("title", "en")
    expect(editor.preview.locator("h1")).to_have_text("The village hall")
    editor.turn("cy")
    expect(editor.preview.locator("h1")).to_have_text("Neuadd y pentref")
    editor.type("next", "cy", "Cyfarfod arall")
    expect(editor.preview.locator("#next")).to_contain_text("Cyfarfod arall")
    expect(editor.preview.locator("#next")).to_be_in_viewport()
    expect(editor.page.locator("#lack-next-en")).to_have_text("Lacks English")
    expect(editor.page.locator("#lacks a[href='#words-next-en']")).to_have_text("What happens next")
    before = editor.preview.locator("html").evaluate("html => (html.scrollTop -= 40)")
    editor.type("next", "cy", " ym mis Mai")
    expect(editor.preview.locator("#next")).to_contain_text("Cyfarfod arall ym mis Mai")
    assert editor.preview.locator("html").evaluate("html => html.scrollTop") == before
    editor.all_saved()
    editor.page.reload()
    assert [editor.box("title", lang).input_value() for lang in ("cy", "en")] == [
        "Neuadd y pentref",
        "The village hall",
    ]
    assert editor.stored("next", "cy") == "Cyfarfod arall ym mis Mai"


def test_nobody_writes_over_words_that_they_have_not_seen(room: Room) -> None:
    one, other = Editor(room).here(), Editor(room).here()
    room.watch.allow("409")
    one.type("purpose", "en", "To plan")
    one.saved("purpose", "en")
    expect(other.box("purpose", "en")).to_have_value("To plan")  # what was not touched follows by itself
    other.page.route("**/c/*/write-up?*", block)  # this window hears of nothing
    room.watch.allow(UNPLUGGED)
    one.type("purpose", "en", " together")
    one.saved("purpose", "en")
    other.type("purpose", "en", " the summer")
    other.page.unroute("**/c/*/write-up?*")
    other.page.keyboard.press("Tab")
    expect(other.conflict("purpose", "en").locator("[data-theirs]")).to_have_text("To plan together")
    expect(other.box("purpose", "en")).to_have_value("To plan the summer")
    assert one.stored("purpose", "en") == "To plan together"
    other.conflict("purpose", "en").locator("[data-choose=both]").click()
    other.saved("purpose", "en")
    expect(one.box("purpose", "en")).to_have_value("To plan together\nTo plan the summer")
    expect(other.conflict("purpose", "en")).to_have_count(0)


def test_what_is_typed_while_the_server_is_dead_is_saved_once_it_is_back(own_room: Room, own_server: OwnServer) -> None:
    own_room.watch.allow(UNPLUGGED)
    editor = Editor(own_room).here()
    editor.type("thanks", "cy", "Diolch")
    own_server.kill()
    editor.type("thanks", "cy", " i bawb")
    editor.type("thanks", "en", "Thanks to all")
    expect(editor.state("thanks", "en")).to_contain_text("Not saved: no connection.")
    expect(editor.page.locator("#all-saved")).to_have_text("Not everything is saved yet")
    own_server.start()
    editor.all_saved()
    assert [editor.stored("thanks", lang) for lang in ("cy", "en")] == ["Diolch i bawb", "Thanks to all"]
    own_server.kill()
    editor.type("thanks", "en", " of you")
    editor.page.goto("about:blank")
    own_server.start()
    again = Editor(own_room, page=editor.page)
    expect(again.box("thanks", "en")).to_have_value("Thanks to all of you")
    again.all_saved()
    assert again.stored("thanks", "en") == "Thanks to all of you"


def test_answers_that_come_late_take_nothing_from_what_is_being_typed(room: Room) -> None:
    room.open("ideas")
    room.writes("ideas", "A choir")
    editor = Editor(room).here()
    editor.page.route("**/write-up/write", block)
    room.watch.allow(UNPLUGGED)
    editor.type("comment-ideas", "en", "They want music")
    with editor.page.expect_response("**/c/*/write-up?*"):
        room.writes("ideas", "A brass band")
    expect(editor.page.locator("#edit-ideas")).to_contain_text("Its answers are not revealed")
    editor.type("comment-ideas", "en", " and food")
    expect(editor.state("comment-ideas", "en")).to_contain_text("Not saved: no connection.")
    editor.page.unroute("**/write-up/write")
    editor.all_saved()
    assert editor.stored("comment-ideas", "en") == "They want music and food"


def test_chapters_are_moved_and_left_out_by_keyboard(room: Room) -> None:
    editor = Editor(ended(room, *CANDIDATES)).here()
    assert editor.chapters()[:3] == ["summary", "people", "did"]
    editor.press("up-did")
    expect(editor.page.locator("#announce")).to_have_text("What we did is now number 2")
    expect(editor.page.locator("#up-did")).to_be_focused()
    editor.page.keyboard.press("Enter")
    expect(editor.page.locator("#announce")).to_have_text("What we did is now number 1")
    expect(editor.preview.locator("main > section[id]").first).to_have_attribute("id", "did")
    editor.press("shows-people")
    expect(editor.page.locator("#shows-people")).to_contain_text("Put it back")
    expect(editor.preview.locator("#people")).to_have_count(0)
    assert editor.chapters()[:2] == ["did", "summary"]
    expect(editor.page.locator("#chapter-asks")).to_contain_text("nothing to show")
    expect(editor.page.locator("#shows-reading")).to_have_count(0)
    expect(editor.preview.locator("#exercise-ideas")).to_be_attached()
    editor.press("shows-ideas")
    expect(editor.preview.locator("#exercise-ideas")).to_have_count(0)
    expect(editor.page.locator("#left-out")).to_contain_text("Ideas: you left it out.")


def test_quotes_are_those_that_were_chosen_in_their_order(room: Room) -> None:
    editor = Editor(ended(room, *CANDIDATES)).here()
    quotes, candidates = editor.preview.locator("#exercise-ideas blockquote p:first-child"), "#quotes-ideas li"
    expect(editor.page.locator(candidates)).to_have_count(3)
    expect(quotes).to_have_count(0)
    for text in ("A choir", "Keep the stage"):
        editor.page.locator(candidates).filter(has_text=text).get_by_role("checkbox").check()
        expect(editor.page.locator("#quotes-ideas .on")).to_contain_text([text])
    assert sorted(quotes.all_inner_texts()) == ["A choir", "Keep the stage"]
    first, second = quotes.all_inner_texts()
    editor.page.locator("#quotes-ideas .on").nth(1).locator("[id^=quote-up-]").press("Enter")
    expect(quotes).to_have_text([second, first])
    expect(editor.page.locator("#quotes-ideas .on label")).to_have_text([second, first])
    editor.page.locator("#quotes-ideas .on").first.get_by_role("checkbox").uncheck()
    expect(quotes).to_have_text([first])


def test_a_photo_stands_where_it_was_put_without_what_the_camera_hid_in_it(room: Room) -> None:
    editor = Editor(room).here()
    form = editor.page.locator("#photos [data-upload]")
    form.locator("[name=file]").set_input_files(photo())
    form.locator("[name=cy]").fill("Siart troi yn y neuadd")
    form.locator("[name=chapter]").select_option("people")
    room.watch.allow("422")
    form.locator("button").click()
    expect(form.locator("[data-state]")).to_have_text("Ask the people in the picture first, and tick that they agreed.")
    form.locator("[name=agreed]").check()
    form.locator("button").click()
    shown = editor.preview.locator("#people figure img")
    expect(shown).to_have_js_property("naturalWidth", 64)
    expect(shown).to_have_attribute("alt", "Siart troi yn y neuadd")
    expect(editor.page.locator("#lacks")).to_contain_text("What is to be seen in a photo")
    address = editor.page.locator(".pictures img").get_attribute("src")
    kept = Image.open(BytesIO(bytes(editor.page.evaluate(BYTES, address))))
    assert (kept.size, dict(kept.getexif())) == ((64, 48), {})
    alt = editor.page.locator(".pictures [name=en]")
    alt.fill("A flipchart in the hall")
    alt.press("Enter")
    expect(shown).to_have_attribute("alt", "A flipchart in the hall")
    expect(editor.page.locator("#lacks")).to_contain_text("Both languages are complete")
    editor.page.locator("[id^=remove-]").click()
    expect(shown).to_have_count(0)


def test_it_is_published_once_the_session_is_over_then_changed_then_taken_back(room: Room) -> None:
    editor = Editor(room).here()
    publish = editor.page.locator("#publish")
    expect(publish).to_contain_text("Not while the session runs.")
    ended(room, *CANDIDATES)
    editor.page.bring_to_front()
    expect(editor.page.locator("#publish-button")).to_be_visible()
    editor.type("next", "en", "We meet again in May")
    room.watch.allow("409")
    editor.press("publish-button")  # saves what was just typed before anything else
    expect(editor.page.locator("#toast")).to_contain_text("One language lacks something.")
    expect(editor.page.locator("#lacks")).to_contain_text("Welsh lacks:")
    editor.page.locator("#why-cy").fill("Mae'r cyfieithydd ar wyliau.")
    editor.page.locator("#why-en").fill("The translator is away.")
    editor.press("publish-button")
    expect(editor.page.locator("#publish-title")).to_be_focused()
    address = str(publish.locator("a.address").get_attribute("href"))
    expect(publish.locator("svg.qr")).to_be_visible()
    reader = room.context().new_page()
    reader.goto(address.replace("127.0.0.1", "cyd.local"))
    expect(reader.locator("main")).to_contain_text("The translator is away.")
    editor.type("next", "en", " at noon")
    editor.press("publish-button")
    expect(publish).to_contain_text("Updated on")
    reader.reload()
    expect(reader.locator("#next")).to_contain_text("We meet again in May at noon")
    after = room.facilitator.new_page()
    after.goto(f"{address}/after?lang=en".replace("127.0.0.1", "cyd.local"))
    for name, words in {
        "asked_en": "A later bus",
        "asked_cy": "Bws hwyrach",
        "did_en": "It runs",
        "when": "June",
    }.items():
        after.locator(f"[name={name}]").fill(words)
    after.locator("[name=did_cy]").press("Enter")
    reader.reload()
    expect(reader.locator("#next .deeds")).to_contain_text("A later bus")
    publish.locator(".take-back summary").click()
    editor.press("withdraw")
    expect(publish.locator("a.address")).to_have_count(0)
    room.watch.allow("404")
    assert (answer := reader.reload()) and answer.status == 404


def test_all_of_it_works_without_a_script(room: Room, keys: Any) -> None:
    ended(room, *CANDIDATES)
    page = room.context(storage_state=keys, java_script_enabled=False).new_page()
    editor = Editor(room, page=page)
    editor.box("title", "en").fill("The village hall")
    page.locator("form:has(#words-title-en) button:visible").click()
    expect(editor.box("title", "en")).to_have_value("The village hall")
    expect(page.locator("#lack-title-cy")).to_have_count(0)  # the workshop's own title stands there
    editor.box("next", "en").fill("We meet again in May")
    page.locator("form:has(#words-next-en) button:visible").click()
    expect(page.locator("#lack-next-cy")).to_have_text("Lacks Welsh")
    page.locator("#up-did").click()
    expect(page.locator(".chapters li").nth(1)).to_have_id("chapter-did")
    page.locator("#quotes-ideas li").first.locator("input").check()
    page.locator("#quotes-ideas button.plain").click()
    expect(page.locator("#quotes-ideas .on")).to_have_count(1)
    form = page.locator("#photos [data-upload]")
    form.locator("[name=file]").set_input_files(photo())
    form.locator("[name=en]").fill("A flipchart")
    room.watch.allow("422")
    form.locator("button").click()
    expect(page.locator("[role=alert]").first).to_have_text(
        "Ask the people in the picture first, and tick that they agreed."
    )
    page.locator("#why-en").fill("Soon")
    page.locator("#publish-button").click()
    expect(page.locator("#publish a.address")).to_be_visible()
    page.locator(".open-page").first.click()


def photo() -> FilePayload:
    """A small JPEG that says where it was taken."""
    image, out = Image.new("RGB", (64, 48), "teal"), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "by Ada"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(out, "JPEG", exif=exif)
    return {"name": "flipchart.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}
