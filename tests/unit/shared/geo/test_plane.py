"""Degrees as metres: close enough to the true distance for comparing."""

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from shared.geo.plane import ORIGIN_LAT, ORIGIN_LON, to_degrees, to_metres

LATS = st.floats(20.55, 21.40)
LONS = st.floats(105.27, 106.04)


@given(LATS, LONS, LATS, LONS)
def test_a_distance_on_the_plane_errs_by_less_than_half_a_percent(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    (x1, y1), (x2, y2) = to_metres(lat1, lon1), to_metres(lat2, lon2)
    true_m = geodesic((lat1, lon1), (lat2, lon2)).m
    assert abs(np.hypot(x1 - x2, y1 - y2) - true_m) <= 0.005 * true_m + 0.01


def test_the_origin_is_zero_and_north_and_east_are_positive() -> None:
    assert to_metres(ORIGIN_LAT, ORIGIN_LON) == (0.0, 0.0)
    x, y = to_metres(ORIGIN_LAT + 0.01, ORIGIN_LON + 0.01)
    assert x > 0
    assert y > 0


def test_arrays_give_the_same_as_single_numbers() -> None:
    lats, lons = np.array([21.0, 21.1]), np.array([105.8, 105.9])
    xs, ys = to_metres(lats, lons)
    assert (xs[1], ys[1]) == to_metres(21.1, 105.9)


def test_a_point_of_the_plane_is_found_again() -> None:
    x_m, y_m = to_metres(20.9, 105.6)
    assert to_degrees(x_m, y_m) == pytest.approx((20.9, 105.6), abs=1e-9)
