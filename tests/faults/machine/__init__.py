"""Phones, wire and server as one machine in one process: the parts that `tests/faults/test_machine.py` plays with.

The server is the real one over a real file, and dies as one process can: by what its files held at that moment.
"""
