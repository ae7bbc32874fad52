"""How often somebody guessed wrong."""

from collections import deque
from collections.abc import Callable


class Misses:
    """Counts wrong session codes, in all and never per address: a whole room comes from one. `clock` only goes on."""

    MOST = 300
    SECONDS = 60

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._times: deque[float] = deque()

    def full(self) -> bool:
        while self._times and self._clock() - self._times[0] > self.SECONDS:
            self._times.popleft()
        return len(self._times) >= self.MOST

    def add(self) -> None:
        self._times.append(self._clock())
