"""A word to whoever is on duty: it arrives at a real peer; nobody there, slow or full of mistakes costs a line and a count."""

import asyncio
import logging

import pytest

from shared.errors import DependencyDown
from shared.ops_apprise import AppriseAlerts
from shared.telemetry.metrics import OPS_ALERTS
from tests.support.eventually import eventually
from tests.support.provider import Provider, a_provider, never_answers, nobody, says

OK = says({"ok": True})
SECRET = "opensesame"


def place(url: str) -> str:
    """Apprise's own form of a plain HTTP peer, with a secret in it."""
    return url.replace("http://", f"json://ops:{SECRET}@") + "/alerts"


def counted() -> dict[str, float]:
    return {outcome: OPS_ALERTS.labels(outcome)._value.get() for outcome in ("told", "failed", "late", "busy", "repeated")}


def more(before: dict[str, float]) -> dict[str, float]:
    return {outcome: count - before[outcome] for outcome, count in counted().items() if count > before[outcome]}


def heard(provider: Provider) -> list[tuple[str, str]]:
    return [(asked.json["title"], asked.json["message"]) for asked in provider.asked]


async def test_it_is_heard_once_and_again_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = counted()
    async with a_provider(OK) as provider:
        alerts = AppriseAlerts([place(provider.url)], again_seconds=600)
        for body in ("one_owner  job 1", "one_owner  job 1", "one_owner  job 2"):
            await alerts.alert("TechRescue audit: one_owner 1", body)
        await AppriseAlerts([place(provider.url)], again_seconds=0).alert("TechRescue audit: one_owner 1", "one_owner  job 1")
    assert [body for _, body in heard(provider)] == ["one_owner  job 1", "one_owner  job 2", "one_owner  job 1"]
    assert heard(provider)[0][0] == "TechRescue audit: one_owner 1"
    assert more(before) == {"told": 3, "repeated": 1}
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [401, 500])
async def test_a_place_that_refuses_leaves_it_with_the_caller(status: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = counted()
    async with a_provider(says(b"<html>no</html>", status), OK) as provider:
        alerts = AppriseAlerts([place(provider.url)])
        with pytest.raises(DependencyDown) as raised:
            await alerts.alert("t", "b")
        await alerts.alert("t", "b")  # nobody has heard it: it is no repetition
    assert more(before) == {"failed": 1, "told": 1}
    assert all(secret not in f"{raised.value!r} {caplog.text}" for secret in (SECRET, "html"))


async def test_one_place_that_hears_is_enough() -> None:
    before = counted()
    async with a_provider(OK) as provider:
        await AppriseAlerts([place(nobody()), place(provider.url)]).alert("t", "b")
    assert (len(provider.asked), more(before)) == (1, {"told": 1, "failed": 1})


async def test_a_place_that_hangs_holds_up_nobody_and_collects_no_threads() -> None:
    before = counted()
    async with a_provider(never_answers) as provider:
        alerts = AppriseAlerts([place(provider.url)], seconds=0.2)
        for _ in range(3):
            with pytest.raises(DependencyDown):
                await alerts.alert("t", "b")
        assert len(provider.asked) == 1
        assert more(before) == {"late": 1, "busy": 2}
        provider.will(OK)
        provider.over.set()

        async def told() -> bool:
            try:
                await alerts.alert("t", "c")
            except DependencyDown:
                return False
            return True

        await eventually(told)
        await alerts.alert("t", "b")
    assert [body for _, body in heard(provider)] == ["b", "c"], "what was told late is not said again"


async def test_a_long_word_is_cut_and_leaves() -> None:
    async with a_provider(OK) as provider:
        await asyncio.gather(AppriseAlerts([place(provider.url)]).alert("t" * 500, "b" * 50_000))
    assert [(len(title), len(body)) for title, body in heard(provider)] == [(120, 3500)]


@pytest.mark.parametrize("places", [[], ["nonsense"], ["json://ok.example", "pigeon://loft"]])
def test_an_address_that_nobody_knows_stops_the_start(places: list[str]) -> None:
    with pytest.raises(ValueError, match="Apprise"):
        AppriseAlerts(places)
