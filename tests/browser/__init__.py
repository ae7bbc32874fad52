"""Cyd in real browsers: a console, a screen and phones against the server as its own process."""
