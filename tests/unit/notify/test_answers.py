"""How people answer, and what must never be taken for an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.answers.contact_words import HelpWord
from notify.answers.reading import Choice, JobWord, Naming, parse
from shared.events.messages import Answer


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1", Choice(True)),
        ("2", Choice(False)),
        (" 1. ", Choice(True)),
        ("1 27", Choice(True, 27)),
        ("1.27", Choice(True, 27)),
        ("1-27!", Choice(True, 27)),
        ("127", Choice(True, 27)),
        ("227", Choice(False, 27)),
        ("27 1", Choice(True, 27)),
        ("27 có", Choice(True, 27)),
        ("2 27", Choice(False, 27)),
        ("Trả lời 1 27", Choice(True, 27)),
        ("１ ２７", Choice(True, 27)),
        ("1 mã 27", Choice(True, 27)),
        ("có", Choice(True)),
        ("CÓ", Choice(True)),
        ("co", Choice(True)),
        ("Có ạ", Choice(True)),
        ("ok", Choice(True)),
        ("Ok nhé!", Choice(True)),
        ("ok em", Choice(True)),
        ("Đồng ý 27", Choice(True, 27)),
        ("dạ có", Choice(True)),
        ("tôi nhận", Choice(True)),
        ("Vâng tôi nhận", Choice(True)),
        ("Dạ vâng em nhận việc ạ", Choice(True)),
        ("dạ em không nhận 27", Choice(False, 27)),
        ("vâng", Choice(True)),
        ("không", Choice(False)),
        ("KHONG", Choice(False)),
        ("khong 27", Choice(False, 27)),
        ("ko", Choice(False)),
        ("không nhận 27", Choice(False, 27)),
        ("từ chối", Choice(False)),
        ("thôi", Choice(False)),
        ("Thôi khỏi em ạ", Choice(False)),
        ("thoi khoi 27", Choice(False, 27)),
        ("không đồng ý", Choice(False)),
        ("ko dong y 27", Choice(False, 27)),
        ("1 27 LAN", Choice(True, 27, "LAN")),
        ("1 27 Nguyễn Thị Lan", Choice(True, 27, "Nguyễn Thị Lan")),
        ("1, 27: anh Đức", Choice(True, 27, "anh Đức")),
        ("1 27 Mai", Choice(True, 27, "Mai")),
        ("1 27 Hồng", Choice(True, 27, "Hồng")),
        ("1 27 Thành", Choice(True, 27, "Thành")),
        ("1 27 cô Lan", Choice(True, 27, "cô Lan")),
        ("1 27 TV-01", Choice(True, 27, "TV 01")),
        ("27 nhận", Choice(True, 27, or_name="nhận")),
        ("27 Hồng", Choice(False, 27, or_name="Hồng")),
        ("dạ 27 chị Lan ạ", Naming(27, "chị Lan")),
        ("14: Nguyễn Thị Lan", Naming(14, "Nguyễn Thị Lan")),
        ("14 TV2", Naming(14, "TV2")),
        ("27 đi", JobWord(Answer.EN_ROUTE, 27)),
        ("DI 14 LAN", JobWord(Answer.EN_ROUTE, 14, "LAN")),
        ("đi việc 14 chị Lan", JobWord(Answer.EN_ROUTE, 14, "chị Lan")),
        ("DEN 14", JobWord(Answer.ON_SCENE, 14)),
        ("đến 14", JobWord(Answer.ON_SCENE, 14)),
        ("Đã đến 14", JobWord(Answer.ON_SCENE, 14)),
        ("den14", JobWord(Answer.ON_SCENE, 14)),
        ("DANG DI 14", JobWord(Answer.EN_ROUTE, 14)),
        ("đang đi", JobWord(Answer.EN_ROUTE)),
        ("đang đến 14", JobWord(Answer.EN_ROUTE, 14)),
        ("DI 14", JobWord(Answer.EN_ROUTE, 14)),
        ("XONG 14", JobWord(Answer.DONE, 14)),
        ("xong rồi", JobWord(Answer.DONE)),
        ("Xong việc 14 rồi ạ", JobWord(Answer.DONE, 14)),
        ("TRA 14", JobWord(Answer.RELEASE, 14)),
        ("trả việc 14", JobWord(Answer.RELEASE, 14)),
        ("27 LAN", Naming(27, "LAN")),
        ("27: Nguyễn Thị Lan.", Naming(27, "Nguyễn Thị Lan")),
        ("giao 27 V-12", Naming(27, "V-12")),
        ("27 giao cho Hòa", Naming(27, "Hòa")),
        ("27 V-12", Naming(27, "V-12")),
        ("Giao việc 27 tổ số 1", Naming(27, "tổ số 1")),
    ],
)
def test_an_answer_is_understood(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "3 27",
        "27",
        "27 phút nữa",
        "27 mai tôi đến",
        "27 5",
        "1 2",
        "1 2 3",
        "1 270",
        "1 05",
        "không biết",
        "vâng để tôi xem",
        "dạ " * 500,
        "1 27 không",
        "1 27 mai tôi mới đi được",
        "2 27 Lan",
        "1 27 28",
        "DEN 14 15",
        "DEN 14 LAN",
        "1 27 nhưng tôi bận",
        "1 27 sau 8",
        "27 khoảng 9",
        "15 phút nữa",
        "20 người",
        "27 một hai ba bốn năm",
        "xong chưa",
        "trả lời",
        "ai đấy ạ",
        "1 ngày nữa",
        "0912345678",
        "15:30",
    ],
)
def test_what_is_not_surely_an_answer_is_none(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    parse(text)


@given(
    yes=st.booleans(),
    code=st.integers(10, 99),
    gap=st.sampled_from([" ", ".", ", ", "-", "  ", "\n", "/", ""]),
    around=st.sampled_from(["", " ", ".", "!", "\u200b", "🙂"]),
)
def test_a_number_and_a_code_are_understood_however_they_are_set(yes: bool, code: int, gap: str, around: str) -> None:
    assert parse(f"{around}{1 if yes else 2}{gap}{code}{around}") == Choice(yes, code)


@given(word=st.sampled_from(["có", "không", "đến", "xong", "đang đi", "trả"]), code=st.integers(10, 99), data=st.data())
def test_diacritics_and_capitals_do_not_matter(word: str, code: int, data: st.DataObject) -> None:
    bare = word.translate(str.maketrans("óôđếả", "oodea"))
    written = data.draw(st.sampled_from([word, word.upper(), word.title(), bare, bare.upper()]))
    assert parse(f"{written} {code}") == parse(f"{word} {code}") is not None


@pytest.mark.parametrize("piece", [".", " ", "- ", "a.", "27 ", "giao ", "vang ", "1 27 ", "đi ", "\u0301", "Lan, ", "²", "٣"])
def test_odd_texts_are_read_in_one_go(piece: str) -> None:
    """A text that takes minutes to read would hold up everybody's: this test then ends by its time limit."""
    for length in (300, 4_000, 400_000):
        for text in (
            f"10{piece * (length // len(piece))}@",
            f"10 {piece * (length // len(piece))}",
            piece * (length // len(piece)),
        ):
            parse(text)
    assert parse(f"1 27{' ' * 400}") is None, "an answer is short"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("1 300", Choice(True, 300)),
        ("DEN 345", JobWord(Answer.ON_SCENE, 345)),
        ("xong 1204", JobWord(Answer.DONE, 1204)),
        ("345 LAN", Naming(345, "LAN")),
        ("100", None),
        ("DEN 145", None),  # 1 45, or 145? No number begins so.
        ("den 007", None),
        ("den 1234567", None),
    ],
)
def test_a_lead_with_more_than_ninety_visits_has_longer_numbers(text: str, meaning: object) -> None:
    assert parse(text) == meaning


@pytest.mark.parametrize("text", ["?", " ?? ", "chào bạn", "Xin chào ạ", "alo"])
def test_a_question_mark_and_a_greeting_ask_for_the_words(text: str) -> None:
    assert parse(text) == HelpWord()


@pytest.mark.parametrize("text", ["", "...", "👍"])
def test_what_says_nothing_is_nothing(text: str) -> None:
    assert parse(text) is None
