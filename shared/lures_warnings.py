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
_TOKEN: Final = re.compile(r"\x00+|\x01+|\x02+|,|[^\W_]+")
_AS_SIGNED: Final = {",": "C", "\x00": "S", "\x01": "s", "\x02": "G"}
_LONGEST: Final = 3  # words of a phrase

# N Z it is not done · V asked for or given · Y told to somebody · S what frauds ask for, s as a thing, G as what one is given
# A who asks · B everybody · F a small word · D may · M must · L to call, to come · O a thing or money · P a polite word
# J or · K and · I if · T then · H do · R what to do then · U what not to do then · E it is a fraud · W beware · C a comma
# X any other word
_NOT_AS_WRITTEN: Final = frozenset({"không", "khong", "never", "not", "nobody", "no", "don", "doesn"})
_ONLY_FORBIDS: Final = frozenset({"đừng", "chớ"})
# "Chuyển tiền" after a comma may be an order of its own, "mật khẩu" is one more thing not to give.
_THING: Final = re.compile(r"(?:ma|mat|so|the|otp|cvv|cvc|pin|pass|your|card|credit|debit)(?![^\W_])|password")
_GIVEN: Final = re.compile(r"(?:hoan|vay|ung) tien|trung thuong")
_KINDS: Final[Mapping[str, str]] = {
    phrase: kind
    for kind, phrases in {
        "V": "hoi giu luu gui doc cung_cap chuyen dua chia_se nhap tiet_lo yeu_cau bam quet nap tai cai cai_dat thu nhan tra "
             "nop dong doi bao nho du nhan_tin goi_dien cho_biet de_lo mo dang_nhap lay ask asks asked asking "
             "give gives share shares send sends scan read enter type install download take takes demand demands "
             "request requests want wants click open",
        "Y": "noi biet tell tells telling",
        "A": "ai nguoi ke cuoc_goi tin_nhan doi_tuong so_la whoever who anyone anybody someone somebody calls "
             "messages people",
        "B": "nguoi_dan cong_dan moi_nguoi everybody everyone residents",
        "D": "duoc",
        "M": "phai can must will have has need need_to",
        "L": "goi den call",
        "O": "ma the tien phi khoan thong_tin so_tien money code codes",
        "J": "hay hoac or nor",
        "K": "va and",
        "P": "xin vui_long mong de_nghi please",
        "I": "neu khi he if when",
        "T": "thi",
        "R": "cup_may tat_may tu_choi bao_1022 goi_1022 bao_cong_an goi_113 hang_up call_1022 report_it refuse",
        "U": "tin lam_theo tra_loi nghe_theo",
        "E": "lua_dao gia_mao gia_danh ke_gian ke_lua_dao fraud scam scammer fraudster",
        "W": "canh_giac de_phong coi_chung can_than beware",
        "F": "de trang toi chung_toi ta ban bac ong ba co chu anh chi em con quy_vi nguoi_la nguoi_khac la bat_ky bat_cu "
             "can_bo cong_an phuong xa to cong_nghe so techrescue tong_dai 1022 ngan_hang nha_nuoc co_quan nhan_vien ky_su "
             "tinh_nguyen_vien doi_vien cua minh cho qua tren bang tu trong nha o vao theo ve dien_thoai zalo facebook mang "
             "duong_dan lien_ket link ung_dung mot nao gi co_quyen quyen bao_gio tuyet_doi luon cung deu moi nay do hoan_toan "
             "mien_phi truoc nhe voi nguoi_than trong_tin_nhan we our you your yours us any ever a an to for by on over phone "
             "from stranger strangers may of with them staff officer officers this message links unknown text city team do "
             "does it is t 1022_s anything that in pin",
    }.items()
    for phrase in " ".join(phrases.split()).replace("_", "\t").split(" ")
}  # fmt: skip
_SMALL: Final = "[FABDMLOP]"
_NOT: Final = "[NZ]"
_SAID: Final = "(?:[FABDLOPVSsGJU]|Y(?![^CKJ]*[VSU])|K(?=s))"
_BODY: Final = rf"(?=[^CNZ]*[SsG])[FABDPM]*[FABDPLO]*[VYSsGU](?:(?<=[VSsGU])|(?![^CKJ]*[VSU])){_SAID}*"
_THINGS: Final = "C[JK]*s(?:[FABDLOPsJ]|K(?=s))*"
_BEFORE: Final = f"(?:[^SsGI]*(?:C|K(?={_SMALL}*{_NOT})))?{_SMALL}*"
_THEN: Final = f"[FABPH]*(?:R[FAB]*|{_NOT}U[FAB]*)"
_WARNING: Final = re.compile(
    rf"{_BEFORE}{_NOT}{_BODY}(?:[CKJ]+{_SMALL}*{_NOT}{_BODY}|{_THINGS}|C{_THEN}|C[FABP]+)*"
    rf"|I?{_SMALL}*[AE](?:{_SMALL}|E)*[VY](?:[FABDMLOPVYSsGJ]|[CK](?=s))*(?:T?E[FABE]*(?:C{_THEN})?|[CT]+{_THEN})"
    rf"|{_BEFORE}WF*A(?:{_SMALL}|E)*[VY]{_BODY}(?:{_THINGS})*"
)
# "Ai không gửi OTP, ..." and "không gửi OTP, không được ..." threaten, "không cần gọi ..." and "đừng gọi ..." hurry: what follows
# is to be done.
_THREATENS: Final = re.compile(rf"[AB]{_SMALL}*N(?:.*[CKJ]|(?!M).*M)|{_NOT}.*[CKJ].*(?:ND|G)|N(?:s.*[CKJ]|ML)|ZL")
_TAKES_BACK: Final = re.compile(
    r"\W*(?:tru|ngoai|chi|nhung|tuy|rieng|con neu|neu khong|sai|dua thoi|except|only|but|unless|however|otherwise|just kidding)\b"
)


def warned_of(shown: str, secrets: Iterable[Span]) -> set[Span]:
    """Those that a warning names."""
    secrets = tuple(secrets)
    covered = list(shown.lower())
    for start, end in secrets:
        covered[start:end] = _sign(folded(shown[start:end])) * (end - start)
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


def _sign(secret: str) -> str:
    if _GIVEN.match(secret):
        return "\x02"
    return "\x01" if _THING.match(secret) else "\x00"


def _is_warning(sentence: str) -> bool:
    kinds = "".join(_kinds(_TOKEN.findall(sentence), unmarked=sentence.isascii()))
    return _WARNING.fullmatch(kinds) is not None and _THREATENS.search(kinds) is None


def _kinds(words: list[str], *, unmarked: bool) -> Iterator[str]:
    at = 0
    while at < len(words):
        word = words[at]
        if (kind := _AS_SIGNED.get(word[0])) is not None:
            yield kind
        elif word == "hãy" or (unmarked and word == "hay"):
            yield "H"
        elif word in _ONLY_FORBIDS:
            yield "Z"
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
