"""Answers are counted by route and status; an address as it was called never becomes a label."""

from prometheus_client import REGISTRY

from shared.http.meter import Meter


def counted(path: str, status: str) -> float:
    labels = {"method": "GET", "route": path, "status": status}
    return REGISTRY.get_sample_value("techrescue_http_requests_total", labels) or 0.0


def test_answers_are_counted_by_the_routes_template() -> None:
    meter = Meter("/measured/{status}")
    for status in (200, 200, 422):
        meter.note("GET", status, 0.01)
    assert counted("/measured/{status}", "200") == 2
    assert counted("/measured/{status}", "422") == 1
    took = REGISTRY.get_sample_value("techrescue_http_request_seconds_count", {"method": "GET", "route": "/measured/{status}"})
    assert took == 3
