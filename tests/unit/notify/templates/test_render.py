"""Every text, for every commune and category and the longest names: whole, affordable, and never with a link for a resident."""

import csv
import json
import re
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import shared
from dispatch.shifts.swapping import Rule
from notify.purpose import CALL_ONLY, TO_ANYBODY, TO_RESIDENT, Purpose
from notify.sms_text import BUDGET_PARTS, Alphabet, alphabet_of, clean, count_parts, fold
from notify.telling.offices import office_of
from notify.templates import FieldMissing, en, render, script, vi
from notify.templates.render import _remembered, placeholders
from shared.events.assignments import Outcome, ResponderKind
from shared.events.shifts import SwapStage

SHARED: Final = Path(shared.__file__).parent
with (SHARED / "geo" / "communes.csv").open(encoding="utf-8") as file:
    COMMUNES: Final = [row["name"] for row in csv.DictReader(file)]
CATEGORIES: Final = [
    (row["label_vi"], row["label_en"])
    for row in json.loads((SHARED / "categories.json").read_text(encoding="utf-8"))["categories"]
]
CATEGORY_KEYS: Final = {row["key"] for row in json.loads((SHARED / "categories.json").read_text(encoding="utf-8"))["categories"]}
TEXTS: Final = [p for p in Purpose if p not in CALL_ONLY]
LONG_NAME: Final = "Công Tằng Tôn Nữ Hoàng Nguyễn Thị Phương Thảo Nguyên Hạnh"
LONG_ADDRESS: Final = (
    "Số 12, ngách 34/56/78, ngõ 910 đường Nguyễn Hoàng Tôn, tổ dân phố số 15, phường Văn Miếu - Quốc Tử Giám, cạnh trường"
)
ALL: Final[Mapping[str, str]] = {
    "code": "TR-7K2M-9QXD",
    "phrase": "nghiêng nghiêng thuyền buồm",
    "expected": "15:30 thứ Hai 24/11",
    "opens": "07:30 thứ Hai 24/11",
    "next_news": "23:45 thứ Hai 24/11",
    "who": LONG_NAME,
    "name": LONG_NAME,
    "helper": "volunteer",
    "owner": "deputy",
    "outcome": "wrong_address",
    "reason": "preempted",
    "stage": "arrival",
    "wrong": "not_by_phone",
    "coming": "Nguyễn Văn An",
    "at": "23:45 hôm nay",
    "asked": "10",
    "refusal": "ambiguous_name",
    "office": "Chi nhánh Trung tâm Phục vụ hành chính công số 12",
    "phone": "+84912345678",
    "language": "tiếng Hàn",
    "address": LONG_ADDRESS,
    "category": "Hỏng thiết bị: máy in, quét, lấy số, ki-ốt",
    "commune": "Phường Văn Miếu - Quốc Tử Giám",
    "distance": "12,5 km",
    "lease": "90 giây",
    "question": "27",
    "count": "12",
    "number": "14",
    "choices": "27, 31, 45, 52",
    "until": "23:45 thứ Hai 24/11",
    "postponed": "wrong_address",
    "next": "needs_office",
    "alarm": "silent",
    "always": "ngày đêm",
    "window": "22:00-06:00 thứ Hai 24/11",
    "session": "23:45 thứ Hai 24/11",
    "venue": "Nhà văn hóa tổ dân phố số 15 phường Văn Miếu, ngõ 34",
    "said": "không có mặt, sẽ được giúp tại nhà",
    "comers": "12",
    "people": "12345",
    "since": "23:45 thứ Hai 24/11",
    "next_shift": "22:00 thứ Hai 24/11",
    "names": ", ".join(["Nguyễn Thị Phương Thảo"] * 12),
    "not_counted": "Trần Anh Tuấn",
    "colleague": LONG_NAME,
    "returned": "22:00-06:00 Chủ nhật 23/11",
    "leaves": "keep",
    "kept": "nobody",
    "unequal": "ambiguous_name",
    "behalf": "yes",
    "company": "two",
    "month": "12",
    "link_code": "123456",
    "apps": "Telegram @techrescue_hanoi_bot, Zalo TechRescue Hà Nội",
    **{"app": "Telegram", "stands": "there", "ticket": "127", "desk": "12A", "again": "last"},  # noqa: PIE800
    "for_whom": LONG_NAME,
    "minutes": "180",
    "point": "Điểm phục vụ hành chính công Phường Văn Miếu - Quốc Tử Giám",
}
LINK: Final = re.compile(r"https?:|www\.\w|://|\w\.(?:com|vn|net|org|info|io|me)\b", re.IGNORECASE)


def good(text: str) -> bool:
    return clean(text) == text != "" and count_parts(text) <= BUDGET_PARTS and "{" not in text and "  " not in text


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("purpose", TEXTS)
def test_every_text_fits_in_every_commune_and_category(purpose: Purpose, language: str) -> None:
    labels = [pair[language == "en"] for pair in CATEGORIES]
    longest = max(COMMUNES, key=len)
    for commune, category in [*zip(COMMUNES, cycle(labels), strict=False), *((longest, category) for category in labels)]:
        text = render(purpose, language, {**ALL, "commune": commune, "category": category})
        assert good(text), text


def test_the_city_has_126_communes() -> None:
    assert len(COMMUNES) == 126


@pytest.mark.parametrize("purpose", TEXTS)
@given(name=st.text(max_size=300), address=st.text(max_size=4000))
@example(name="\ufdfa" * 100, address="\ufdfa" * 300)  # one character that is eighteen letters
@example(name="0" * 29 + "\u00a8\u00b4\u00b8\u02d8\u02d8\u02d8\u2026\u2120", address="")  # marks without a letter
@example(name="\u1e9e" * 100, address="\u00e6" * 300)  # one that is two without its marks
@settings(max_examples=25)
def test_whatever_people_typed_the_text_stays_affordable(purpose: Purpose, name: str, address: str) -> None:
    fields = {**ALL, "name": f"A{name}", "who": f"A{name}", "address": f"1{address}", "office": f"A{name}"}
    text = render(purpose, "vi", fields)
    assert clean(text) == text != ""
    assert count_parts(text) <= BUDGET_PARTS


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("purpose", sorted(TO_RESIDENT | TO_ANYBODY))
def test_a_resident_is_told_the_hotline_and_gets_no_link(purpose: Purpose, language: str) -> None:
    fields = {**ALL, "who": "An bấm http://evil.vn/x hay evil.com", "office": "www.evil.net"}
    text = render(purpose, language, fields)
    assert "1022" in text
    assert not LINK.search(text)


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("An 192.168.1.10", "An 192. 168. 1. 10"), ("An http://203.0.113.7:8080/a", "An http 203. 0. 113. 7:8080/a"),
        ("(10.0.0.1)", "(10. 0. 0. 1)"), ("An 1.1.1.1.", "An 1. 1. 1. 1."), ("１９２。１６８。１。１０", "192. 168. 1. 10"),
        ("[2001:db8::7]", "[2001 db8 7]"), ("2001:db8:0:0:0:0:0:7", "2001 db8 0 0 0 0 0 7"),
        ("::ffff:10.0.0.1", "ffff 10. 0. 0. 1"),
        ("An 103.216.120.151", "An 103. 216. 120. 151"), ("http 103.216.120.151/otp", "http 103. 216. 120. 151/otp"),
        ("45.119.212.201:8080", "45. 119. 212. 201:8080"), ("103.216.120.151 đến", "103. 216. 120. 151 đến"),
        ("103.216.120.255", "103. 216. 120. 255"), ("103.216.120.256", "103.216.120.256"), ("1.500.216.120", "1.500.216.120"),
        ("1.200.100.000", "1.200.100.000"), ("1.200.100.150 đồng", "1.200.100.150 đồng"), ("1.200.100.150đ", "1.200.100.150đ"),
        ("1.200.100.150 VND", "1.200.100.150 VND"),
        ("An 1.500.000.000 đồng", "An 1.500.000.000 đồng"), ("lúc 8:00:00", "lúc 8:00:00"), ("bản 2.1.6", "bản 2.1.6"),
        ("ngày 27.11.2026", "ngày 27.11.2026"), ("Số 12, ngõ 5", "Số 12, ngõ 5"),
    ],
)  # fmt: skip
def test_an_address_in_figures_is_no_link_either(typed: str, stands: str) -> None:
    """Of a name, of a place, wherever somebody types."""
    assert stands in render(Purpose.NAMED_RESIDENT, "vi", {**ALL, "who": typed})


def test_what_stands_far_beyond_what_is_shown_is_never_looked_at() -> None:
    """To look for an address takes the square of a length, and anybody types."""
    text = render(Purpose.NAMED_RESIDENT, "vi", {**ALL, "who": f"Lan{'://' * 200}Quyên"})
    assert "Lan" in text
    assert "Quyên" not in text


@pytest.mark.parametrize("purpose", sorted(TO_RESIDENT | TO_ANYBODY))
def test_the_warning_about_otp_and_money_is_there_where_names_are_ordinary(purpose: Purpose) -> None:
    text = render(purpose, "vi", {**ALL, "who": "Nguyễn Văn An", "phrase": "hoa sen"})
    assert "không bao giờ hỏi OTP hay tiền" in text
    assert alphabet_of(text) is Alphabet.UCS2


def test_the_words_of_the_story() -> None:
    assert "Trả lời 1 27 để nhận, 2 27 để từ chối" in render(Purpose.OFFER, "vi", ALL)
    assert "1 27 = tôi nhận, 2 27 = chuyển trung tâm thành phố" in render(Purpose.ESCALATION, "vi", ALL)
    consented = render(Purpose.ACCEPTED_RESPONDER, "vi", {**ALL, "name": "Bà Lan", "address": "12 Hàng Bạc"})
    assert consented.startswith("Việc này là của bạn. Bà Lan, +84912345678, 12 Hàng Bạc.")
    assert render(Purpose.TAKEN, "vi", {}) == "Việc đã có người nhận, cảm ơn bạn."
    assert "đã có người nhận" in render(Purpose.ALREADY_TAKEN, "vi", ALL)


@pytest.mark.parametrize(
    "purpose",
    [
        *(Purpose.OFFER, Purpose.ESCALATION, Purpose.SHIFT_CONFIRM, Purpose.SHIFT_TAKE),
        *(Purpose.SHIFT_SWAP, Purpose.SHIFT_TAKE_OVER),
        *(Purpose.INCIDENT_ASK, Purpose.SESSION_ASK),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_question_says_its_code_with_both_answers(purpose: Purpose, language: str) -> None:
    text = render(purpose, language, ALL)
    assert "1 27" in text
    assert "2 27" in text


def test_without_consent_the_winner_learns_nobody_s_name() -> None:
    text = render(Purpose.ACCEPTED_RESPONDER, "vi", {"number": "14"})
    assert text.startswith("Việc này là của bạn. Tổng đài đang hỏi ý người cần giúp")


@pytest.mark.parametrize(
    "purpose", [Purpose.OFFER, Purpose.ACCEPTED_RESPONDER, Purpose.CLEARED_RESPONDER, Purpose.ACCEPTED_RESIDENT]
)
def test_the_phrase_is_in_no_text_before_en_route(purpose: Purpose) -> None:
    assert "phrase" not in frozenset().union(*(placeholders(text) for text in (*vi.TEXTS[purpose], *en.TEXTS[purpose])))


def test_words_of_ours_are_made_ready_once_and_what_people_typed_is_forgotten() -> None:
    ours = {"category": "Máy in", "commune": "Phường Láng", "distance": "900 m", "lease": "5 phút", "question": "27"}
    render(Purpose.OFFER, "vi", ours)
    known = _remembered.cache_info()
    for purpose in TEXTS:
        render(purpose, "vi", {**ALL, **ours, "name": f"Bà Lan {purpose}", "who": f"Ông Tư {purpose}"})
    assert _remembered.cache_info().misses == known.misses
    assert _remembered.cache_info().hits > known.hits


def test_filed_says_when_off_hours_and_the_phrase_only_when_it_is_given() -> None:
    off_hours = render(Purpose.FILED, "vi", {"code": "TR-1", "opens": "07:30 ngày mai", "phrase": "hoa sen"})
    assert "07:30 ngày mai" in off_hours
    assert "hoa sen" in off_hours
    read_aloud = render(Purpose.FILED, "vi", {"code": "TR-1", "expected": "15:30 hôm nay"})
    assert "15:30 hôm nay" in read_aloud
    assert "nói đúng ám hiệu." in read_aloud


def test_a_released_resident_needs_the_new_phrase() -> None:
    with pytest.raises(FieldMissing, match="released_resident"):
        render(Purpose.RELEASED_RESIDENT, "vi", {"code": "TR-1"})


@pytest.mark.parametrize("purpose", list(Purpose))
def test_both_languages_say_the_same_things_in_the_same_order(purpose: Purpose) -> None:
    assert [placeholders(text) for text in vi.TEXTS[purpose]] == [placeholders(text) for text in en.TEXTS[purpose]]


@pytest.mark.parametrize("texts", [vi, en])
def test_closed_sets_have_a_word_for_each_member(texts: object) -> None:
    words = texts.WORDS  # type: ignore[attr-defined]
    assert set(words["outcome"]) == {outcome.value for outcome in Outcome}
    assert set(words["helper"]) == {kind.value for kind in ResponderKind}
    assert set(words["owner"]) == {"ward_lead", "deputy", "city_desk"}
    assert all(vi.WORDS[name].keys() == en.WORDS[name].keys() for name in vi.WORDS)
    assert set(words["unequal"]) == {rule.value for rule in Rule}
    assert {stage.value for stage in SwapStage} >= set(words["kept"])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_is_told_in_the_budget(outcome: Outcome) -> None:
    text = render(Purpose.DONE_RESIDENT, "vi", {"code": "TR-7K2M-9QXD", "outcome": outcome})
    assert vi.WORDS["outcome"][outcome] in text
    assert count_parts(text) <= BUDGET_PARTS


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("word", sorted(vi.WORDS["next"]))
def test_a_helper_reads_what_follows_in_the_budget(word: str, language: str) -> None:
    text = render(Purpose.DONE_RESPONDER, language, {"number": "14", "next": word})
    assert "14" in text
    assert count_parts(text) <= BUDGET_PARTS


@pytest.mark.parametrize("category", sorted(CATEGORY_KEYS))
def test_every_category_has_an_office_in_both_languages(category: str) -> None:
    vietnamese, english = (office_of(category, "00004", language) for language in ("vi", "en"))
    assert vietnamese
    assert english
    assert vietnamese != english


def test_an_unknown_code_of_a_closed_set_is_left_out() -> None:
    assert render(Purpose.WITHDRAWN, "vi", {"reason": "nonsense"}) == "Việc vừa hỏi không cần bạn nữa. Cảm ơn bạn."


def test_a_text_too_long_for_its_marks_loses_them_and_nothing_else() -> None:
    text = render(Purpose.ACCEPTED_RESPONDER, "vi", ALL)
    assert alphabet_of(text) is Alphabet.GSM7
    assert fold(LONG_ADDRESS) in text
    assert "TRA 14" in text


def test_an_unknown_language_reads_vietnamese() -> None:
    assert render(Purpose.NOT_UNDERSTOOD, "fr", {}) == render(Purpose.NOT_UNDERSTOOD, "vi", {})


@pytest.mark.parametrize("purpose", list(Purpose))
def test_an_operator_can_say_everything(purpose: Purpose) -> None:
    spoken = script(purpose, "vi", ALL).splitlines()
    assert spoken[0].startswith("Chào ông/bà, tôi gọi từ tổng đài 1022")
    assert "{" not in spoken[1]


@pytest.mark.parametrize("purpose", sorted(CALL_ONLY))
def test_what_is_only_spoken_is_never_written(purpose: Purpose) -> None:
    with pytest.raises(FieldMissing):
        render(purpose, "vi", ALL)
