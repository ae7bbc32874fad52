"""How sure one may be of a share when few answered. Pure."""

from math import sqrt

Z95 = 1.959964  # of 95%


def wilson(part: int, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for the share `part` of `n`: low and high, 0 to 1 (Wilson 1927); all of it for n = 0."""
    if n == 0:
        return 0.0, 1.0
    share = part / n
    middle = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)
