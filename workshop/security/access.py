"""Who may do what: one row for every route and every socket event."""

from enum import Enum

from workshop.pictures import LARGEST_FILE as LARGEST_PICTURE
from workshop.record import LARGEST as LARGEST_RECORD


class Who(Enum):
    """Whom a door opens to. Each includes the facilitator, but for PARTICIPANT, who is a phone of that session."""

    ANYONE = "anyone"
    PARTICIPANT = "participant"
    SCREEN = "screen"  # holds the session's screen key
    READER = "reader"  # whoever has the address of a write-up that is public
    FACILITATOR = "facilitator"


# Every route has a row here, or the app does not start. A change by the facilitator also needs the CSRF token.
ACCESS: dict[str, Who] = {
    "static": Who.ANYONE,
    "home.index": Who.ANYONE,
    "home.find": Who.ANYONE,
    "home.enter": Who.ANYONE,
    "home.healthz": Who.ANYONE,
    "home.help": Who.ANYONE,
    "home.workshops": Who.FACILITATOR,
    "home.workshop": Who.FACILITATOR,
    "home.start": Who.FACILITATOR,
    "home.new_link": Who.FACILITATOR,
    "home.revoke": Who.FACILITATOR,
    "phone.language": Who.ANYONE,
    "phone.join": Who.ANYONE,
    "phone.joined": Who.ANYONE,
    "phone.rejoin": Who.ANYONE,
    "phone.show": Who.PARTICIPANT,
    "phone.resume": Who.PARTICIPANT,
    "phone.now": Who.PARTICIPANT,
    "phone.see": Who.PARTICIPANT,
    "phone.respond": Who.PARTICIPANT,
    "phone.change": Who.PARTICIPANT,
    "phone.hand_on": Who.PARTICIPANT,
    "screen.show": Who.SCREEN,
    "screen.now": Who.SCREEN,
    "console.show": Who.FACILITATOR,
    "console.now": Who.FACILITATOR,
    "console.do": Who.FACILITATOR,
    "console.themes": Who.FACILITATOR,
    "console.themes_now": Who.FACILITATOR,
    "console.deletion": Who.FACILITATOR,
    "sheets.show": Who.FACILITATOR,
    "sheets.page": Who.FACILITATOR,
    "sheets.pdf": Who.FACILITATOR,
    "report.show": Who.FACILITATOR,
    "report.made": Who.FACILITATOR,
    "report.everything": Who.FACILITATOR,
    "report.photo": Who.FACILITATOR,
    "report.working": Who.FACILITATOR,
    "report.edit": Who.FACILITATOR,
    "report.change": Who.FACILITATOR,
    "report.add_picture": Who.FACILITATOR,
    "report.publish": Who.FACILITATOR,
    "report.withdraw": Who.FACILITATOR,
    "record.read": Who.READER,
    "record.show": Who.READER,
    "record.made": Who.READER,
    "record.everything": Who.READER,
    "record.photo": Who.READER,
    "record.after": Who.FACILITATOR,
    "record.add_deed": Who.FACILITATOR,
    "record.remove_deed": Who.FACILITATOR,
    "record.make_public": Who.FACILITATOR,
    "record.withdraw": Who.FACILITATOR,
    "record.bring_in": Who.FACILITATOR,
}

# The same for the socket: which seat may send which event.
EVENTS: dict[str, tuple[Who, ...]] = {
    "watch": (Who.PARTICIPANT, Who.SCREEN, Who.FACILITATOR),
    "respond": (Who.PARTICIPANT,),
}

# Routes that take more than a form in: bytes.
LARGE: dict[str, int] = {
    "report.add_picture": LARGEST_PICTURE + 64 * 1024,
    "record.bring_in": LARGEST_RECORD + 64 * 1024,
    "report.change": 256 * 1024,  # two long texts in a script that takes nine letters for one
}
