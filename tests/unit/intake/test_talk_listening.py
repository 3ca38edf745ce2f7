"""What a message says, as people write it; and that what we say fits where it is read."""

import itertools
from collections import defaultdict
from dataclasses import replace

import pytest

from intake.conversations import texts_en, texts_vi
from intake.conversations.conversation import AFTER_CODE, Ask, Conversation, Draft, Stage
from intake.conversations.heard import Heard, Intent
from intake.conversations.intents import intent_of
from intake.conversations.listening import language_of
from intake.conversations.names import name_in, name_of
from intake.conversations.saying import Line, Say, words_for
from intake.privacy.consent_text import BRIEF
from intake.visit_check import ADVICE
from notify.sms_text import count_parts, fold
from shared.events.conversations import TalkChannel
from shared.geo.communes import COMMUNES
from shared.ids import uuid7
from shared.lures import lure_in
from shared.masking import Mask
from tests.support.talking import LISTENER, NOON, Talking


def heard(text: str, asking: Ask | None = None, draft: Draft | None = None) -> Heard:
    talk = Conversation(id=uuid7(), channel=TalkChannel.ZALO, stage=Stage.LISTENING, asking=asking, draft=draft or Draft())
    return LISTENER.listen(text, talk, at=NOON)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("thôi", Intent.CANCEL),
        ("Thôi nhé em", Intent.CANCEL),
        ("thoi khong can nua", Intent.CANCEL),
        ("sai rồi", Intent.CORRECT),
        ("SAI ROI", Intent.CORRECT),
        ("không đúng", Intent.CORRECT),
        ("cứu tôi với", Intent.CRY),
        ("SOS", Intent.CRY),
        ("cứu chị với", Intent.CRY),
        ("tôi muốn huỷ", Intent.CANCEL),
        ("cho tôi gặp người thật", Intent.PERSON),
        ("gap nhan vien", Intent.PERSON),
        ("can I talk to a human", Intent.PERSON),
        ("xóa dữ liệu của tôi", Intent.PERSON),
        ("Tôi muốn xoá hết thông tin cá nhân của tôi.", Intent.PERSON),
        ("xoa du lieu cua em di a", Intent.PERSON),
        ("nhờ các bạn xóa thông tin của bác trên hệ thống", Intent.PERSON),
        ("đừng lưu thông tin của tôi", Intent.PERSON),
        ("please delete my data", Intent.PERSON),
        ("điện thoại bị xóa dữ liệu của tôi", None),
        ("xóa dữ liệu máy tính cũ giúp bác", None),
        ("muốn xóa ứng dụng VNeID cài lại", None),
        ("cháu lỡ tay xóa thông tin của tôi trong VNeID", None),
        ("tình trạng", Intent.STATUS),
        ("đến đâu rồi em?", Intent.STATUS),
        ("bao giờ có người đến", Intent.STATUS),
        ("đúng rồi ạ", Intent.YES),
        ("dung", Intent.YES),
        ("Vâng ạ", Intent.YES),
        ("không", Intent.NO),
        ("?", Intent.HELP),
        ("cảm ơn em nhé", Intent.THANKS),
        ("cảm ơn các cháu nhiều", Intent.THANKS),
        ("xin chào", Intent.GREETING),
        ("bác chào cháu", Intent.GREETING),
        ("sai số rồi", Intent.CORRECT),
        ("em gọi lại cho bác nhé", Intent.CALLBACK),
        ("nhờ cháu gọi cho bác", Intent.CALLBACK),
        ("hôm qua có người gọi cho tôi bảo chuyển tiền", None),
        ("máy in hỏng", None),
        ("không đăng nhập được", None),
        ("hướng dẫn đăng ký khai sinh", None),
        ("12 ngõ Văn Chương", None),
    ],
)
def test_words_about_the_conversation(text: str, intent: Intent | None) -> None:
    assert intent_of(text) is intent


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tôi là Nguyễn Thị Lan, máy in hỏng", "Nguyễn Thị Lan"),
        ("tôi là bà Nguyễn Thị Hồng Sáu máy in hỏng", "bà Nguyễn Thị Hồng Sáu"),
        ("tôi là bà sáu máy hỏng", "bà sáu"),
        ("em tên là Hoa ạ", "Hoa"),
        ("toi ten la lan", "lan"),
        ("my name is John Smith and my printer is broken", "John Smith"),
        ("tôi là người dân phường Láng", None),
        ("tôi bị mất điện thoại", None),
    ],
)
def test_a_name_in_a_sentence(text: str, name: str | None) -> None:
    assert name_in(text)[0] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [("Lan", "Lan"), ("bà Trần Thị Bưởi", "bà Trần Thị Bưởi"), ("0912345678", None), ("không muốn nói", None)],
)
def test_a_name_as_an_answer(text: str, name: str | None) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize("number", ["0912345678", "0912 345 678", "0912.345.678", "+84 912 345 678", "84912345678"])
def test_a_number_however_it_is_written(number: str) -> None:
    said = heard(f"máy in hỏng, sđt {number} nhé")
    assert said.phone == "+84912345678"
    assert "912" not in (said.trouble or "").split("sđt")[0]


def test_half_a_code_is_hidden_and_begins_no_new_quarter_of_an_hour() -> None:
    talk = Conversation(id=uuid7(), channel=TalkChannel.ZALO, stage=Stage.LISTENING)
    named = LISTENER.listen("em không nhận được mã OTP", talk, at=NOON)
    assert (named.secret, named.of_code) == (False, True)
    later = replace(talk, code_at=NOON - AFTER_CODE)
    for text in ("205", "hoa1987"):
        half = LISTENER.listen(text, later, at=NOON)
        assert (half.text, half.secret, half.of_code) == (Mask.CODE, True, False)
    for text in ("482913", "thẻ 4111 1111 1111 1111", Mask.CODE):
        assert LISTENER.listen(text, later, at=NOON).of_code, "a whole one does: its other number may follow"


def test_a_battery_leads_to_no_code_and_a_house_number_stays() -> None:
    talk = Talking()
    talk.writes("điện thoại em hết pin")
    talk.writes("205")
    assert [(one.text, one.secret) for one in talk.heard] == [("điện thoại em hết pin", False), ("205", False)]


@pytest.mark.parametrize(
    "secret", ["mã OTP 482913", "otp là 48 29 13", "mật khẩu 123456", "thẻ 4111 1111 1111 1111", "cccd 001203004567", "CVV 123"]
)
def test_a_secret_is_seen_and_gone_before_anything_else_looks(secret: str) -> None:
    said = heard(f"Không đăng nhập được VNeID, {secret}")
    assert said.secret
    assert said.trouble is not None
    assert "VNeID" in said.trouble
    digits = "".join(letter for letter in secret if letter.isdigit())
    assert digits not in "".join(letter for letter in repr(said) if letter.isdigit())


def test_a_street_may_be_called_like_a_word() -> None:
    said = heard("tôi ở 12 Kim Mã, phường Ba Đình, mã hồ sơ không nộp được")
    assert said.place is not None
    assert said.place.address == "12 Kim Mã, phường Ba Đình"
    assert said.trouble is not None


def test_an_address_of_which_nobody_asked_is_not_guessed_from_a_trouble() -> None:
    assert heard("máy tính của tôi bị hỏng từ hôm qua").place is None


def test_of_two_communes_it_is_asked_which() -> None:
    said = heard("gần Láng, Đống Đa", Ask.PLACE)
    assert said.place is not None
    assert said.place.commune_code is None
    assert len(said.place.communes) == 2


@pytest.mark.parametrize("text", ["tổ 16, {}", "ở {}", "{}"])
def test_every_commune_is_heard_by_its_name_also_one_that_begins_like_the_word_before_an_address(text: str) -> None:
    """Ô Chợ Dừa, Ô Diên."""
    heard_as = {one.code: heard(text.format(one.name), Ask.PLACE).place for one in COMMUNES}
    unheard = [code for code, place in heard_as.items() if place is None or place.commune_code != code]
    assert unheard == []
    said = heard("to 16, phuong o cho dua", Ask.PLACE)
    assert said.place is not None
    assert said.place.address == "to 16, phuong o cho dua"


@pytest.mark.parametrize("text", ["", " ", "\x00\x00", "😀😀", "\u202e", "a" * 100_000, "1" * 3000, "\ud800"])
def test_anything_can_be_heard(text: str) -> None:
    assert len(heard(text).text) <= 2000


LONG = Draft(
    trouble="Máy tính bảng của điểm phục vụ không đăng nhập được vào cổng dịch vụ công quốc gia từ sáng hôm nay " * 5,
    category="portal_login",
    kinds=("equipment", "portal_login", "vneid_device_change"),
    address="Số nhà 1234 ngách 56 ngõ 789 đường Nguyễn Trãi, tổ dân phố số 15, chung cư Royal City tòa R6 " * 4,
    commune_code="00004",
    name="Công Tằng Tôn Nữ Thị Hoàng Yến Phương Anh Nguyễn",
    phone="+84912345678",
    consent=BRIEF,
)
ADVISED = max((text for both in ADVICE.values() for text in both), key=len)
WORDS = {
    "code": "TR-7K3M-92QX",
    "status": "Tạm dừng để bảo vệ ông/bà: đừng mở cửa cho ai, 1022 sẽ gọi",
    "phone": "0912345678",
    "advice": f"{ADVISED} Tổ công nghệ số cộng đồng số 15, Công Tằng Tôn Nữ Thị Hoàng Yến, Trần Thị Lan",
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("line", [line for line in Line if line not in {Line.TIP, Line.DOOR}])  # others give their words
def test_an_sms_has_one_or_two_parts_and_no_text_has_a_link(line: Line, language: str) -> None:
    text = words_for([Say(line, WORDS, LONG)], language, TalkChannel.SMS, own_number=True)
    assert count_parts(fold(text)) <= 2, f"{len(text)}: {text}"
    for channel in TalkChannel:
        said = words_for([Say(line, WORDS, Draft(kinds=("equipment",)))], language, channel, own_number=True)
        assert "http" not in said
        assert "www" not in said
        assert "{" not in said


@pytest.mark.parametrize("texts", [texts_vi, texts_en], ids=["vi", "en"])
def test_every_line_has_words_and_asks_for_no_secret(texts: object) -> None:
    assert set(texts.TEXTS) == {line.value for line in Line}  # type: ignore[attr-defined]
    assert set(texts.SMS) <= set(texts.TEXTS)  # type: ignore[attr-defined]
    for key, text in itertools.chain(texts.TEXTS.items(), texts.SMS.items()):  # type: ignore[attr-defined]
        if key not in {"no_secrets", "who_we_are"}:
            assert "otp" not in text.lower(), key
        if key != "no_secrets":
            assert lure_in(text.format_map(defaultdict(lambda: "x"))) is None, text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I live at 12 Nguyễn Chí Thanh street, please help me", "en"),
        ("my name is Hằng", "en"),
        ("Kim Liên ward", None),
        ("Nguyễn Thị Hoa", None),
        ("máy in bị lỗi từ sáng", "vi"),
        ("5 Láng Hạ, please", "vi"),
    ],
)
def test_a_name_of_a_place_has_its_marks_in_any_language(text: str, language: str | None) -> None:
    assert language_of(text) == language
