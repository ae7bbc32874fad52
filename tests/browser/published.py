"""What the facilitator does so that the write-up of a session that is over can be read."""

from playwright.sync_api import expect

from tests.browser.conftest import Room


def publish(room: Room) -> str:
    """Publishes it from its editor; the path at which it stands, without a language."""
    page = room.facilitator.new_page()
    page.goto(f"{room.url}/c/{room.code}/write-up?lang=en")
    if page.locator("#why-en").count():
        page.locator("#why-en").fill("No translator yet")
    page.locator("#publish-button").click()
    address = page.locator("#publish a.address")
    expect(address).to_be_visible()
    path = "/w/" + str(address.get_attribute("href")).rpartition("/w/")[2]
    page.close()
    return path
