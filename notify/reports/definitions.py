"""How a report was counted, in Vietnamese and in English: an edition keeps these words beside its figures. Pure."""

from collections.abc import Mapping
from typing import Final

from notify.reports.suppression import FEWEST
from notify.reports.words import Words

DEFINITIONS: Final[Mapping[str, Words]] = {
    "round": (
        "Một lần hỗ trợ: tính từ khi tiếp nhận, hoặc từ khi mở lần đến sau. Thuộc về ngày bắt đầu, theo giờ địa phương.",
        "One attempt to help: from filing, or from the opening of a later visit. It belongs to the local day it began on.",
    ),
    "n": (
        "Số lượt đánh giá được: đã đạt, hoặc đã quá hạn. Không tính lượt còn trong hạn, hoặc kết thúc trong hạn mà chưa đạt.",
        (
            "Rounds in which the promise can be judged: reached, or past its deadline. "
            "Not counted: still in time, or ended in time without it."
        ),
    ),
    "share": (
        "Số lượt đúng hạn chia cho n. Đúng hạn: đạt trước thời hạn của cấp, theo lịch của cấp, lùi theo thời gian tạm dừng.",
        "kept / n. Kept: reached by the deadline of the tier, on its calendar, moved by pauses.",
    ),
    "fractile": (
        (
            "Thời gian đo được nhỏ nhất mà ít nhất bấy nhiêu phần trăm của n không vượt quá; không nội suy. "
            "Để trống: số lượt trễ mà chưa đạt nhiều hơn thế."
        ),
        (
            "Nearest rank: the smallest measured time that at least so many percent of n do not exceed. "
            "Nothing is interpolated. Empty: more are late without having reached it."
        ),
    ),
    "news": (
        "Khoảng thời gian dài nhất người dân không được báo tin, theo lịch của cấp, cho đến khi có người hỗ trợ.",
        "The longest time without a word to the resident, on the clock of the tier, until somebody is there.",
    ),
    "unconfirmed": (
        "Người hỗ trợ báo xong, người dân 72 giờ không trả lời, nên việc được đóng.",
        "Solved, says the helper, and 72 hours without a word from the resident have closed it.",
    ),
    "hidden": (
        f"Số liệu về ít hơn {FEWEST} lượt, hoặc từ đó suy ra được số liệu như vậy.",
        f"About fewer than {FEWEST}, or one could work such a figure out from it.",
    ),
    "responder": ("Loại của người nhận việc sau cùng.", "The kind of whoever took it last."),
    "all tiers": (
        "Tỷ lệ đúng hạn, mỗi lượt theo thời hạn của cấp mình; thời gian của các cấp không gộp lại.",
        "The share of promises kept, each by its own limit; times of several tiers are not put together.",
    ),
}
