"""Simulated participants, who speak the wire like any phone, and a server of their own for them.

`python -m workshop.rehearsal --people 30 --seed 7 --out DIR` plays a pack from joining to the write-up. It leaves both
PDFs, what everyone answered, and pictures of phone, screen and console at each step in DIR. The same seed gives the
same answers.
"""
