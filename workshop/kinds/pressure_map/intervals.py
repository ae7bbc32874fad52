"""How far a difference between two sides may be off when so few answered.

`difference` is always that of people, which is what is shown; how sure one may be of it comes from answers, of which a
table gives one.
"""

from dataclasses import dataclass
from math import erfc, sqrt

from workshop.certainty import wilson

Interval = tuple[float, float]

SURE = 0.05  # such an interval misses in one case of twenty


@dataclass(frozen=True)
class Sums:
    """`n` answers, what they add up to, and what their squares do: mean and variance are exact from these."""

    n: int
    total: int
    squares: int

    @property
    def error(self) -> float:
        """Squared standard error of the mean."""
        return max(0.0, (self.squares - self.total**2 / self.n) / (self.n - 1) / self.n)


def of_mean(one: Sums) -> Interval | None:
    """Student's interval around one mean; None for fewer than two."""
    if one.n < 2:
        return None
    mean, reach = one.total / one.n, student(SURE, one.n - 1) * sqrt(one.error)
    return mean - reach, mean + reach


def of_means(one: Sums, other: Sums, difference: float, alpha: float = SURE) -> Interval | None:
    """Welch's interval around a difference of means; None where neither side has any spread to make one of."""
    if min(one.n, other.n) < 2 or one.error + other.error == 0:
        return None
    freedom = (one.error + other.error) ** 2 / (one.error**2 / (one.n - 1) + other.error**2 / (other.n - 1))
    reach = student(alpha, freedom) * sqrt(one.error + other.error)
    return difference - reach, difference + reach


def of_shares(part: int, n: int, other_part: int, other_n: int, difference: float) -> Interval:
    """Newcombe's interval (1998, his method 10) around a difference of shares, made of Wilson's of each share."""
    share, other = part / n, other_part / other_n
    (low, high), (other_low, other_high) = wilson(part, n), wilson(other_part, other_n)
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return max(-1.0, difference - down), min(1.0, difference + up)


def student(alpha: float, freedom: float) -> float:
    """What a t value passes, either way, with the chance `alpha`.

    The expansion of Cornish and Fisher to the fourth order (Abramowitz and Stegun 26.7.5): from 4 degrees of freedom
    on within 0.1 % for alpha = 0.05, within 3 % for 0.002.
    """
    z = _normal(alpha)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def _normal(alpha: float) -> float:
    """What a standard normal value passes, either way, with the chance `alpha`."""
    low, high = 0.0, 40.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if erfc(middle / sqrt(2)) > alpha else (low, middle)
    return low
