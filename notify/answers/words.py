"""The words of answers and of news about a job, without their marks. Data; reading.py says how they are read."""

from typing import Final

from shared.events.messages import Answer


def _phrases(*texts: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(text.split()) for text in texts)


def _meaning(answer: Answer, *texts: str) -> dict[tuple[str, ...], Answer]:
    return {tuple(text.split()): answer for text in texts}


OPENINGS: Final = (
    ("tra", "loi"), ("da",), ("vang",), ("a",), ("toi",), ("em",), ("minh",), ("tui",), ("anh",), ("chi",), ("chau",), ("con",),
    ("bac",), ("co", "nha"), ("xin",), ("xin", "phep"), ("alo",), ("chao", "em"), ("chao", "anh"), ("chao", "chi"), ("ad",),
    ("so",), ("chon",), ("bam",), ("phim",), ("reply",), ("answer",), ("i",),
)  # fmt: skip
CLOSINGS: Final = frozenset({"a", "ah", "nhe", "nha", "nhen", "roi", "luon", "oi", "thanks"})  # none is a name
VOCATIVES: Final = frozenset({"anh", "chi", "em", "bac", "co", "chu", "ad", "admin", "ban"})
YES: Final = _phrases(
    "1", "co", "ok", "oke", "okay", "okie", "oki", "okela", "okl", "okk", "okey", "yes", "yep", "yeah", "nhan", "nhan viec",
    "dong y",
    "duoc", "dc", "dk", "vang", "u", "uh", "uhm", "um", "uk", "nhan luon", "nhan nhe", "chap nhan", "xac nhan", "co nhan",
    "ok nhan",
    "ok nhan viec", "ok dong y", "dong y nhan", "dong y nhan viec", "duoc nhan", "nhan viec nay", "nhan duoc", "nhan dc",
    "nhan viec do", "nhan ca nay", "nhan lam", "nhan giup", "nhan di", "co di", "di duoc", "di dc", "accept", "accepted",
    "sure",
    "agree", "agreed", "take it", "will take it", "vang nhan", "u nhan", "uh nhan",
)  # fmt: skip
NO: Final = _phrases(
    "2", "khong", "ko", "k", "kg", "kh", "hong", "hok", "hem", "khum", "hk", "no", "nope", "tu choi", "khong nhan",
    "khong duoc",
    "ko nhan", "k nhan", "kg nhan", "ko duoc", "ko dc", "k dc", "khong dc", "k duoc", "khong dong y", "ko dong y", "k dong y",
    "thoi",
    "thoi khoi", "khoi", "bo qua", "khong nhan viec", "ko nhan viec", "khong nhan viec nay", "ko nhan viec nay",
    "khong nhan dau",
    "khong dau", "khong the", "khong the nhan", "ko the", "pass", "decline", "declined", "refuse", "skip", "not me",
    "no thanks",
    "khong em oi", "khong nhan duoc", "ko nhan duoc", "ko nhan dc", "khong nhan dc", "tu choi nhan", "tu choi viec",
    "chua nhan",
    "chua nhan duoc",
)  # fmt: skip
JOB_WORDS: Final = {
    **_meaning(
        Answer.EN_ROUTE, "di", "dang di", "dang den", "dang toi", "dang qua", "di day", "di ngay", "len duong", "da len duong",
        "dang len duong", "dang tren duong", "tren duong", "tren duong den", "bat dau di", "da di", "da xuat phat", "xuat phat",
        "dang chay qua", "dang chay den", "dang tren duong den", "sap den", "sap toi", "sap den noi", "omw", "going", "leaving",
    ),
    **_meaning(
        Answer.ON_SCENE, "den", "den noi", "toi noi", "da den", "da den noi", "da toi", "da toi noi", "den noi roi",
        "co mat tai nha",
        "da co mat", "den nha", "den nha roi", "da den nha", "da toi nha", "toi nha", "da den cho", "here", "i am here",
        "im here",
    ),
    **_meaning(
        Answer.DONE, "xong", "hoan thanh", "hoan tat", "da xong", "da hoan thanh", "xong viec", "xong viec roi", "xong het",
        "lam xong",
        "da lam xong", "giup xong", "da giup xong", "sua xong", "da sua xong", "ok xong", "xong ok", "finish", "complete",
        "completed",
    ),
    **_meaning(
        Answer.RELEASE, "tra", "tra viec", "tra lai", "tra lai viec", "xin tra", "xin tra viec", "xin tra lai", "khong di nua",
        "ko di nua", "khong nhan nua", "ko nhan nua", "huy nhan", "huy nhan viec", "nhuong viec", "give back", "release",
    ),
}  # fmt: skip
BEFORE_NUMBER: Final = frozenset({"viec", "so", "ma", "case", "ca", "don", "job"})
# What may follow an answer that has its number and says nothing more. Anh, Chi and Minh are names, and "em nhận" hardly ever one.
SELF: Final = frozenset({"em", "toi", "tui"})
AFTER: Final = frozenset({*CLOSINGS, *SELF, "day", "ngay", "nay", "z", "viec"})
BETWEEN: Final = frozenset({*BEFORE_NUMBER, *VOCATIVES, *SELF, "nhe", "a"})  # between a yes or a no and its number: "ok em, 27"
# Whatever holds one of these is a sentence, or news of a job. Names that read like an answer (Mai, Hồng, Nhân, Thành) are names:
# the number before them has said already what is answered.
NO_NAME: Final = frozenset({
    "khong", "ko", "k", "kg", "no", "ok", "oke", "okay", "okie", "yes", "duoc", "di", "den", "noi", "xong", "viec", "lai", "choi",
    "moi", "ban", "biet", "nua", "chua", "phut", "gio", "nguoi",
})  # fmt: skip
