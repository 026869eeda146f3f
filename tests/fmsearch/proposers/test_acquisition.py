"""Where a Gaussian process promises most, against scikit-learn's own predictions."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Matern

from fmsearch.proposers.acquisition import bound, minima

BETA = 2.6
NUMBERS = np.random.default_rng(0)
KNOWN, POINTS = NUMBERS.random((30, 6)), NUMBERS.random((5, 6))


@pytest.fixture(scope="module")
def process():
    """One that knows thirty points of a bowl, as KerasTuner's oracle makes it."""
    made = GaussianProcessRegressor(kernel=Matern(nu=2.5), normalize_y=True, alpha=1e-4, random_state=0)
    return made.fit(KNOWN, 3 + ((KNOWN - 0.4) ** 2).sum(axis=1))


def predicted(process, point):
    mean, deviation = process.predict(point.reshape(1, -1), return_std=True)
    return (mean - BETA * deviation)[0]


@pytest.mark.parametrize("point", POINTS)
def test_the_bound_is_that_of_scikit_learns_predictions(process, point):
    assert bound(process, BETA, point)[0] == pytest.approx(predicted(process, point), rel=1e-9)


@pytest.mark.parametrize("point", POINTS)
def test_its_slope_is_that_of_small_steps(process, point):
    steps = approx_fprime(point, lambda x: predicted(process, x), 1e-6)
    assert bound(process, BETA, point)[1] == pytest.approx(steps, abs=1e-4)


def test_at_a_point_that_is_known_its_slope_is_a_number(process):
    value, slope = bound(process, BETA, KNOWN[0])
    assert np.isfinite([value, *slope]).all()


def test_the_lowest_is_no_higher_than_what_a_search_by_small_steps_finds(process):
    by_steps = min(
        minimize(lambda x: predicted(process, x), start, bounds=[(0, 1)] * 6, method="L-BFGS-B").fun for start in POINTS
    )
    found = minima(process, BETA, POINTS)
    bounds = [predicted(process, point) for point in found]
    assert all(((point >= 0) & (point <= 1)).all() for point in found)
    assert bounds == pytest.approx(sorted(bounds))
    assert bounds[0] <= by_steps + 1e-6
