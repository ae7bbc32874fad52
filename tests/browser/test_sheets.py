"""The print pack as the facilitator finds it: from the console to a PDF."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Room
from tests.browser.test_pages import TOO_WIDE

SHEETS = ["poster", "tents", "cards", "slips", "postcards", "run-sheet"]
FETCHED = """async (href) => {
  const answer = await fetch(href);
  return [answer.status, answer.headers.get("Content-Type"), (await answer.text()).slice(0, 5)];
}"""
A_MILLIMETRE = 96 / 25.4  # pixels


def test_the_way_to_the_sheets_leads_through_the_consoles_links_to_a_pdf(room: Room) -> None:
    page = room.facilitator.new_page()
    page.goto(f"{room.url}/c/{room.code}?lang=en")
    page.locator("#show-links").click()
    page.locator("#links a[href$='/sheets/en']").click()
    expect(page.locator(".sheet-item > h2")).to_have_count(len(SHEETS))
    page.locator("[name=print][value=postcards]").uncheck(force=True)
    page.locator("[name=large][value='1']").check(force=True)
    page.locator("[name=people]").fill("31")
    page.locator("form .button:not(.go)").click()
    expect(page.locator("[name=people]")).to_have_value("31")
    expect(page.locator("[name=large][value='1']")).to_be_checked()
    chosen = page.locator("[name=print]:checked").evaluate_all("(all) => all.map((one) => one.value)")
    assert chosen == [sheet for sheet in SHEETS if sheet != "postcards"]
    links = page.locator(".sheet-item a[target=_blank]").evaluate_all("(all) => all.map((one) => one.href)")
    assert [link.partition("?")[0].rpartition("/")[2] for link in links] == [f"{sheet}.pdf" for sheet in SHEETS]
    assert page.evaluate(FETCHED, links[0]) == [200, "application/pdf", "%PDF-"]


def test_no_preview_is_read_out(room: Room) -> None:
    page = room.facilitator.new_page()
    page.goto(f"{room.url}/c/{room.code}/sheets/cy")
    expect(page.locator(".sheet-preview[inert]")).to_have_count(len(SHEETS))
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    headings = [node for node in tree if not node["ignored"] and node["role"]["value"] == "heading"]
    assert len(headings) == 2 + len(SHEETS)  # the page, the form, and one for each sheet


@pytest.mark.parametrize("lang", ["cy", "en"])
def test_the_overview_fits_a_narrow_window(room: Room, lang: str) -> None:
    page = room.facilitator.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{room.url}/c/{room.code}/sheets/{lang}")
    expect(page.locator(".sheet-item")).to_have_count(len(SHEETS))
    assert page.evaluate(TOO_WIDE) == []


@pytest.mark.parametrize(("paper", "width"), [("a4", 172), ("a3", 262)])
def test_the_web_page_shows_the_poster_as_large_as_it_is_printed(room: Room, paper: str, width: int) -> None:
    page = room.facilitator.new_page()
    page.set_viewport_size({"width": 1400, "height": 900})
    page.goto(f"{room.url}/c/{room.code}/sheets/en/poster?paper={paper}")
    box = page.locator("svg.code").bounding_box()
    assert box is not None
    assert abs(box["width"] / A_MILLIMETRE - width) < 0.5
    assert abs(box["height"] / A_MILLIMETRE - width) < 0.5
