"""Does a text warn of what frauds ask for, and do nothing else? Pure.

"Đừng đọc OTP cho ai." is said so that nobody is defrauded, "Đừng lo, đọc OTP cho cán bộ" so that somebody is. What tells them
apart are small words, so a warning is a sentence of known words in a known order: nobody who, never, do not; or who asks, and
that this is a fraud or what to do then. Any other word in it, any exception, any condition: it is no warning.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from shared.folding import folded

Span = tuple[int, int]
_ENDS: Final = re.compile(r"[.!?;:…]+|\s[-–—]+\s")
_TOKEN: Final = re.compile(r"\x00+|,|[^\W_]+")
_LONGEST: Final = 3  # words of a phrase

# N it is not done · V asked for or given · S what frauds ask for · A who asks · F a small word · P a polite one · J or · K and
# I if · T then · H do · R what to do then · U what not to do then · E it is a fraud · W beware · C a comma · X any other word
_NOT_AS_WRITTEN: Final = frozenset({"không", "khong", "đừng", "chớ", "chưa", "never", "not", "nobody", "no", "don", "doesn"})
_KINDS: Final[Mapping[str, str]] = {
    phrase: kind
    for kind, phrases in {
        "V": "hoi giu luu gui doc cung_cap chuyen dua chia_se nhap tiet_lo noi yeu_cau bam quet nap tai cai cai_dat thu nhan tra "
             "nop dong doi bao nho du nhan_tin goi_dien cho_biet de_lo mo dang_nhap lay ask asks asked asking tell tells "
             "telling give gives share shares send sends scan read enter type install download take takes demand demands "
             "request requests want wants click open",
        "A": "ai nguoi ke cuoc_goi tin_nhan doi_tuong so_la whoever who anyone anybody someone somebody calls call "
             "messages people",
        "J": "hay hoac or nor",
        "K": "va and",
        "P": "xin vui_long mong de_nghi please",
        "I": "neu khi he if when",
        "T": "thi",
        "R": "cup_may tat_may tu_choi bao_1022 goi_1022 bao_cong_an goi_113 hang_up call_1022 report_it refuse",
        "U": "tin lam_theo tra_loi nghe_theo",
        "E": "lua_dao gia_mao gia_danh ke_gian ke_lua_dao fraud scam scammer fraudster",
        "W": "canh_giac de_phong coi_chung can_than beware",
        "F": "de trang toi chung_toi ta ban bac ong ba co chu anh chi em con quy_vi nguoi_dan cong_dan moi_nguoi nguoi_la "
             "nguoi_khac la bat_ky bat_cu can_bo cong_an phuong xa to cong_nghe so techrescue tong_dai 1022 ngan_hang "
             "nha_nuoc co_quan nhan_vien ky_su tinh_nguyen_vien doi_vien cua minh cho qua tren bang tu trong nha o vao "
             "theo ve den dien_thoai zalo facebook mang goi duong_dan lien_ket link ung_dung ma the tien phi mot nao gi "
             "duoc phai can co_quyen quyen bao_gio tuyet_doi luon cung deu moi nay do hoan_toan mien_phi truoc nhe biet "
             "voi khoan nguoi_than thong_tin trong_tin_nhan so_tien we our you your yours us any ever a an the to for by "
             "on over phone from stranger strangers may will must have has of with them staff officer officers this "
             "message links unknown text city team do does it is t 1022_s money code codes anything need that need_to in "
             "pin",
    }.items()
    for phrase in " ".join(phrases.split()).replace("_", "\t").split(" ")
}  # fmt: skip
_BODY: Final = "(?:[FAPVSJU]|K(?=S))+"
_BEFORE: Final = "(?:[^SI]*C)?[FAP]*"
_THEN: Final = "[FAPH]*(?:R[FA]*|NU[FA]*)"
_WARNING: Final = re.compile(
    rf"{_BEFORE}N{_BODY}(?:[CKJ]+[FAP]*N{_BODY}|C[JK]*S(?:[FAPSJ]|K(?=S))*|C{_THEN}|C[FAP]+)*"
    rf"|I?[FAP]*[AE][FAPE]*V(?:[FAPVSJ]|[CK](?=S))*(?:T?E[FAE]*(?:C{_THEN})?|[CT]+{_THEN})"
    rf"|{_BEFORE}WF*A[FAPE]*V{_BODY}(?:C[JK]*S[FAPSJ]*)*"
)
_TAKES_BACK: Final = re.compile(
    r"\W*(?:tru|ngoai|chi|nhung|tuy|rieng|con neu|neu khong|sai|dua thoi|except|only|but|unless|however|otherwise|just kidding)\b"
)


def warned_of(shown: str, secrets: Iterable[Span]) -> set[Span]:
    """Those that a warning names."""
    secrets = tuple(secrets)
    covered = list(shown.lower())
    for start, end in secrets:
        covered[start:end] = "\x00" * (end - start)
    text, warned = "".join(covered), set[Span]()
    for start, end, after in _sentences(text):
        said = [span for span in secrets if start <= span[0] < end]
        asked = text[end : end + 1] == "?"
        if said and not asked and not _TAKES_BACK.match(folded(text[after:])) and _is_warning(text[start:end]):
            warned.update(said)
    return warned


def _sentences(text: str) -> Iterator[tuple[int, int, int]]:
    """From, to, and where the next one begins."""
    start = 0
    for stop in _ENDS.finditer(text):
        yield start, stop.start(), stop.end()
        start = stop.end()
    yield start, len(text), len(text)


def _is_warning(sentence: str) -> bool:
    return _WARNING.fullmatch("".join(_kinds(_TOKEN.findall(sentence)))) is not None


def _kinds(words: list[str]) -> Iterator[str]:
    at = 0
    while at < len(words):
        word = words[at]
        if word[0] == "\x00" or word == ",":
            yield "S" if word[0] == "\x00" else "C"
        elif word == "hãy":
            yield "H"
        elif word in _NOT_AS_WRITTEN:
            yield "N"
        else:
            taken, kind = _phrase(words, at)
            at += taken - 1
            yield kind
        at += 1


def _phrase(words: list[str], at: int) -> tuple[int, str]:
    """The longest that is known, and how many words it takes."""
    for taken in range(_LONGEST, 0, -1):
        kind = _KINDS.get("\t".join(folded(word) for word in words[at : at + taken]))
        if kind is not None and len(words) >= at + taken:
            return taken, kind
    return 1, "X"
