"""One text to many helpers: counted first, started by a person, killed in the middle, paused, and told to each of them once."""

import json
from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Town

KIND = "broadcast_session"
WORDS = ("--template", "session_open", "--field", "when=8:00 thứ Bảy 28/11", "--field", "venue=nhà văn hóa phường")


def command(town: Town, *words: str) -> dict[str, Any]:
    status, said = town.command("broadcast", *words, "--json")
    assert status == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


def told(town: Town) -> list[str]:
    return [row["to"] for row in town.http.get("/dev/messages", params={"limit": 1000}).json() if row["kind"] == KIND]


async def test_a_broadcast_that_is_killed_and_paused_tells_each_helper_once(own_town: Town) -> None:
    town, desk = own_town, own_town.token("operator")
    town.to_working_hours()
    draft = command(town, "--dry-run", "--kind", "session", "--responder", "team", "--per-second", "20", "--vnd", "350", *WORDS)
    assert (draft["status"], draft["gathered"]) == ("draft", True)
    assert (draft["people"] > 40, draft["vnd"]) == (True, draft["parts"] * 350)
    assert told(town) == []

    path = f"/v1/broadcasts/{draft['id']}"
    assert town.http.post(f"{path}/start", headers=town.token("ward_lead")).status_code == 403
    assert town.http.post(f"{path}/start", headers=desk).json()["status"] == "running"
    await eventually(lambda: len(told(town)) >= 5, 60, what="some have it")
    town.kill()
    town.start()
    # At once, and not by a command that takes seconds to start on a busy machine: meanwhile everybody would have been told.
    assert town.http.post(f"{path}/pause", headers=desk).json()["status"] == "paused"
    assert len(told(town)) < draft["people"]
    assert command(town, "status", draft["id"])["status"] == "paused"
    request = town.file()
    await town.sms(request, "offer")
    assert town.http.post(f"{path}/resume", headers=desk).is_success

    def is_done() -> bool:
        return bool(town.http.get(path, headers=desk).json()["status"] == "done")

    town.let_pass(90)  # what nobody knows of since the kill is decided
    await eventually(is_done, 120, what="everybody is told, or counted")
    counts = command(town, "status", draft["id"])["counts"]
    has_it = told(town)
    assert len(has_it) == len(set(has_it)), "nobody was told twice"
    assert len(has_it) + sum(counts["failed"].values()) >= draft["people"]
    assert (counts["waiting"], counts["on_the_way"], counts["skipped"]) == (0, 0, {})
    assert town.http.post(f"{path}/resume", headers=desk).status_code == 409
    await town.holds()
