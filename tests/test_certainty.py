"""Wilson's interval against scipy's."""

import pytest
from scipy.stats import binomtest

from workshop.certainty import wilson


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 13, 30, 60, 300])
def test_the_interval_is_that_of_scipy(n):
    for part in range(n + 1):
        expected = binomtest(part, n).proportion_ci(confidence_level=0.95, method="wilson")
        assert wilson(part, n) == pytest.approx((expected.low, expected.high), abs=1e-6)


@pytest.mark.parametrize(
    ("part", "n", "percent"), [(4, 5, (38, 96)), (8, 10, (49, 94)), (15, 20, (53, 89)), (45, 60, (63, 84))]
)
def test_the_interval_is_the_published_one(part, n, percent):
    assert tuple(round(100 * end) for end in wilson(part, n)) == percent


@pytest.mark.parametrize(
    ("least", "n"), [(7, 8), (9, 10), (10, 12), (12, 15), (15, 20), (18, 25), (21, 30), (27, 40), (38, 60), (4, 4)]
)
def test_so_many_are_the_fewest_of_whom_one_may_be_sure_that_they_are_over_half(least, n):
    assert wilson(least, n)[0] > 0.5 >= wilson(least - 1, n)[0]


def test_of_nobody_every_share_is_possible():
    assert wilson(0, 0) == (0.0, 1.0)
