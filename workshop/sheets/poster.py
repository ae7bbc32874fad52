"""The QR code that is printed for a wall or a table."""

CODE_MM = {"a4": 172, "a3": 262, "tent": 88}  # width of a QR code, without its white margin
WIDTHS_AWAY = 10


def reading_distance(width: float) -> float:
    """How far away a QR code of so many millimetres can still be read, in metres, rounded down to tenths.

    Ten times its width. From there it takes up 5.7 degrees of what a phone's camera sees, which is about 65 across: of
    the 1080 pixels that phones look at codes with, 90 or so, which is nearly three for each of the 33 modules of our
    codes. A reader needs two; the rest is for shaking hands and bad light.
    """
    return int(width * WIDTHS_AWAY / 100) / 10
