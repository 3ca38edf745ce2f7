"""Two students swap a shift by SMS, and one takes over from the other when it runs; then a team says who of it is there."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dispatch.shifts.shift import LOCAL
from tests.story.test_a_shift_nobody_confirms import COMMUNE, clock_to, newest
from tests.support.town import Town

AN, BINH, TEAM = "+84900088811", "+84900088812", "+84900088813"


def enrol(town: Town, id_: str, number: str, **fields: Any) -> None:
    body = {"kind": "volunteer", "name": id_, "phone": number, "commune_code": COMMUNE, "confirmed": True, **fields}
    answer = town.http.put(f"/v1/responders/{id_}", json=body, headers=town.token("ward_lead"))
    assert answer.is_success, answer.text


def works(town: Town, *ids: str) -> dict[str, bool]:
    return {one: town.http.get(f"/v1/responders/{one}", headers=town.token("ward_lead")).json()["on_shift"] for one in ids}


async def test_a_shift_goes_to_a_colleague_and_the_rest_of_it_back(own_town: Town) -> None:
    town = own_town
    day = (datetime.now(LOCAL) + timedelta(days=2)).date()
    one = datetime(day.year, day.month, day.day, 13, tzinfo=LOCAL)
    enrol(town, "SV-An", AN, name="Lê An", shifts=f"{day} 13:00-18:00")
    enrol(town, "SV-Binh", BINH, name="Trần Bình", shifts=f"{day + timedelta(days=3)} 08:00-12:00")

    clock_to(town, one - timedelta(hours=24))
    asked = await newest(town, AN, "shift_confirm")
    town.answer(AN, f"DOI {asked.question} BINH")
    assert "Trần Bình" in (await newest(town, AN, "swap_asked")).text
    question = await newest(town, BINH, "shift_swap")
    assert "Lê An nhờ bạn trực thay 13:00-18:00 ngày mai" in question.text
    town.answer(BINH, f"1 {question.question}")
    await newest(town, BINH, "shift_taken")
    assert "không phải trực" in (await newest(town, AN, "swap_agreed")).text

    clock_to(town, one + timedelta(hours=1))
    assert works(town, "SV-An", "SV-Binh") == {"SV-An": False, "SV-Binh": True}
    town.answer(BINH, "GIAO CA LE AN")
    question = await newest(town, AN, "shift_take_over")
    assert "NGAY" in question.text
    town.answer(AN, f"1 {question.question}")
    assert "hết ca từ bây giờ" in (await newest(town, BINH, "swap_agreed")).text
    assert works(town, "SV-An", "SV-Binh") == {"SV-An": True, "SV-Binh": False}
    await town.holds()


async def test_a_team_says_who_of_it_is_there(own_town: Town) -> None:
    town = own_town
    clock_to(town, datetime.now(UTC))
    members = [{"id": "M-1", "name": "Nguyễn Thị Lan", "vetted": True}, {"id": "M-2", "name": "Võ Minh", "vetted": True}]
    enrol(town, "T-1", TEAM, kind="team", name="Tổ 1", capacity=2, members=members)
    town.answer(TEAM, "VANG LAN")
    assert (await newest(town, TEAM, "team_here")).text == "Đã ghi. Tổ đang có mặt: Võ Minh."
    listed = town.http.get("/v1/responders/T-1/members", headers=town.token("ward_lead")).json()["members"]
    assert [one["present"] for one in listed] == [False, True]
    town.answer(TEAM, "CO MAT HOA")
    assert "Nguyễn Thị Lan; Võ Minh" in (await newest(town, TEAM, "team_unknown")).text
    town.answer(TEAM, "có mặt Lan")
    assert "Nguyễn Thị Lan; Võ Minh" in (await newest(town, TEAM, "team_here", 2)).text
    await town.holds()
