"""The commands, as somebody types them beside a running system."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from tests.support.eventually import eventually
from tests.support.town import Town


def test_the_story_runs_through_also_when_its_helpers_have_had_enough_texts(own_town: Town) -> None:
    for _ in range(2):  # four texts a helper each time: the last of the second waits for a quarter of an hour
        status, said = own_town.command("story", "--limit-seconds", "90", "--pace-seconds", "0")
        assert status == 0, said
        assert "All 3 are solved" in said
        assert said.count("answers first: yes") == 3


LIFE = (
    "request.filed",
    "job.opened",
    "offer.made",
    "decided",
    "message submitted",
    "message delivered",
    "answered accept",
    "assignment.accepted",
)


async def test_case_tells_one_requests_whole_life(town: Town) -> None:
    request = town.file(lat=21.034, lon=105.802)  # five teams live about as near
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned")
    told, said = await eventually(partial(whole_case, town, request), 60, what="everything that happened is told")
    happened = [entry["what"] for entry in told["entries"]]
    assert happened.index("request.filed") < happened.index("job.opened") < happened.index("assignment.accepted")
    for secret in ("Cô Hoa", request["phone"], "một cửa", offer.to):
        assert secret not in said
    assert told["request"]["filed_at"].replace("Z", "+00:00") == datetime.fromisoformat(told["request"]["filed_at"]).isoformat()
    status, said = town.command("case", request["code"])
    assert status == 0
    assert "offer.made ×" in said, "many at once are one line"
    assert "{" not in said, "words, not the inside of a program"


async def test_why_somebody_was_asked_is_read_by_the_code_that_people_know(town: Town) -> None:
    request = town.file()
    offer = await town.sms(request, "offer")
    town.answer(offer.to, f"1 {offer.question}")
    await town.becomes(request, "assigned")
    status, said = town.command("decision", request["code"].lower())
    assert status == 0, said
    for told in ("Đã hỏi", "Not asked:", "đường đi", "tối thiểu", "demo-"):
        assert told in said
    [found] = [json.loads(line) for line in town.command("decision", request["code"], "--json")[1].splitlines()]
    staff = town.token("ward_lead")
    job_id = town.http.get(f"/v1/requests/{request['code']}", headers=staff).json()["job_id"]
    assert found["job"]["id"] == job_id
    shown = town.http.get(f"/v1/jobs/{job_id}/decision", headers=staff).json()
    assert shown["decisions"][0]["sentence"] == found["decisions"][0]["sentence"]
    assert "job_id" not in town.http.get(f"/v1/requests/{request['code']}").json(), "a stranger is told nothing of it"
    assert town.command("decision", "TR-ABCD-2345")[1].startswith("techrescue: ")


def whole_case(town: Town, request: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Each step is recorded by its own context, some of them a moment after the status that people see."""
    status, said = town.command("case", request["code"].lower(), "--json")
    assert status == 0, said
    told: dict[str, Any] = json.loads(said)
    happened = [entry["what"] for entry in told["entries"]]
    assert [what for what in LIFE if not any(entry.startswith(what) for entry in happened)] == [], happened
    return told, said


async def test_sla_recompute_proves_the_figures_of_a_running_system(town: Town) -> None:
    town.file()

    def proved() -> dict[str, Any]:
        status, said = town.command("sla", "recompute", "--json")
        found: dict[str, Any] = json.loads(said)
        assert (status, found["differences"]) == (0, [])
        return found

    found = await eventually(lambda: (told := proved())["rounds"] > 0 and told, 60, what="a round is in the log")
    assert found["holds"] is True
    assert found["transport"]["events"] > 0
    status, said = town.command("sla", "recompute", "--since", "2020-01-01")
    assert status == 0
    assert "stored = recomputed" in said


def test_check_prints_counts_and_exits_by_its_verdict(town: Town) -> None:
    status, said = town.command("check")
    assert status == 0, said
    assert "holds" in said


def test_tokens_are_issued_used_listed_and_revoked(town: Town) -> None:
    status, said = town.command("token", "issue", "night-shift", "operator", "--json")
    assert status == 0, said
    secret = json.loads(said)["token"]
    call = {"headers": {"Authorization": f"Bearer {secret}"}}
    assert town.http.get("/v1/calls", **call).status_code == 200  # type: ignore[arg-type]
    assert "night-shift" in town.command("token", "list")[1]
    assert secret not in town.command("token", "list", "--json")[1]
    assert town.command("token", "revoke", "night-shift")[0] == 0
    assert town.command("token", "revoke", "nobody")[0] == 2


def test_a_roster_file_loads_its_good_rows_and_names_the_bad(town: Town) -> None:
    file = town.home / "roster.csv"
    file.write_text(
        "id,kind,name,phone,commune_code,skills,confirmed\n"
        "e-1,engineer,Kỹ sư 1,0900 000 001,00004,network|systems,yes\n"
        "e-2,engineer,Kỹ sư 2,12,00004,network,yes\n",
        encoding="utf-8",
    )
    status, said = town.command("roster", "import", str(file), "--json")
    report = json.loads(said)
    assert status == 1
    assert (report["added"], [bad["line"] for bad in report["bad_rows"]]) == (1, [3])


def test_coverage_says_where_nobody_will_be_there(town: Town) -> None:
    status, said = town.command("coverage", "--days", "2", "--json")
    assert status == 0, said
    found = json.loads(said)
    assert found["gap_hours"]["vneid"] == 0, "the demonstration is on shift round the clock"
    status, said = town.command("coverage")
    assert "/126 phường, xã không có kỹ sư nào trực: Phường" in said
    assert "nơi nữa; --json có tất cả" in said, "nobody reads 126 names"
    status, said = town.command("coverage", "--commune", "00004")
    assert status == 0, said
    assert "chữ ký số" in said
    assert "Giờ nào cũng có người" in said
    assert town.command("coverage", "--skill", "flying")[1].startswith("techrescue: skill:")


def test_roster_quality_is_a_list_to_work_off(town: Town) -> None:
    status, said = town.command("roster-quality", "--json")
    assert status == 0, said
    assert "no_shift" not in said, "the demonstration is on shift round the clock"
    file = town.home / "doubtful.csv"
    file.write_text("id,kind,name,phone,commune_code\nq-1,volunteer,An,0900 000 777,00008\n", encoding="utf-8")
    assert town.command("roster", "import", str(file))[0] == 0
    status, said = town.command("roster-quality", "--commune", "00008")
    assert status == 0, said
    assert "chưa xác nhận số" in said
    assert "q-1" in said


def test_mask_takes_arguments_or_lines(town: Town) -> None:
    status, said = town.command("mask", "--json", "mã OTP là 123456")
    assert status == 0
    assert "123456" not in json.loads(said)["masked"]


async def test_an_erased_person_cannot_be_found_again(town: Town) -> None:
    request = town.file(lat=21.1, lon=105.75)
    await town.sms(request, "offer")
    status, said = town.command("erase", request["phone"], "--yes", "--json")
    assert status == 0, said
    await town.becomes(request, "cancelled")
    assert town.command("erase", request["phone"], "--yes")[0] == 2, "nobody is there any more"
    await town.holds()


def test_dead_letters_are_listed(town: Town) -> None:
    status, said = town.command("dead-letters", "list", "--json")
    assert (status, said.strip()) == (0, "")


def test_a_dead_letter_that_cannot_be_is_refused_in_words(town: Town) -> None:
    for words in (
        ["show", "intake", "9" * 30],
        ["replay", "notify", "0"],
        ["discard", "dispatch", "-1"],
        ["list", "--limit", "-1"],
    ):
        status, said = town.command("dead-letters", *words)
        assert status == 2, said
        assert "Traceback" not in said


def test_what_needs_no_system_runs_without_one(town: Town) -> None:
    for command in (["crash-points"], ["asyncapi"], ["settings"], ["metrics"]):
        status, said = town.command(*command)
        assert status == 0
        assert said


def test_a_mistake_is_one_line_and_says_what_to_do(town: Town) -> None:
    for mistake, begin in (
        (("case", "what?"), "techrescue: code:"),
        (("story", "--url", "nonsense"), "techrescue: --url:"),
        (("story", "--url", "http://[::1"), "techrescue: --url:"),
        (("token", "issue", "", "ops"), "techrescue: name:"),
    ):
        status, said = town.command(*mistake)
        assert status == 2, said
        assert said.startswith(begin)
        assert "Traceback" not in said
