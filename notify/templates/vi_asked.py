"""What a responder is asked, and what one visit for several requests says to either side, in Vietnamese."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates.vi_aftercare import AFTERCARE
from notify.templates.vi_counter import COUNTER
from notify.templates.vi_incidents import INCIDENTS
from notify.templates.vi_sessions import SESSIONS

ASKED: Final[Mapping[Purpose, tuple[str, ...]]] = {
    **COUNTER,
    **AFTERCARE,
    **INCIDENTS,
    **SESSIONS,
    Purpose.GROUPED_RESIDENT: (
        "Việc {code}: sự cố này đã biết, {count} yêu cầu cùng báo. Một người sẽ đến cho tất cả, ông/bà không cần gọi lại.",
    ),
    Purpose.NIGHT_RESIDENT: (
        "Việc {code}: ban đêm cần hai người cùng đến mà chưa có, sẽ xếp người từ {opens}. Có người nhà ở cùng thì gọi 1022 báo.",
    ),
    Purpose.MERGED_RESIDENT: (
        "Việc {code} trùng với một yêu cầu đã có nên được gộp làm một. Mã này vẫn xem được tiến độ. Nếu không đúng, gọi 1022.",
    ),
    Purpose.UNGROUPED_RESIDENT: ("Việc {code} sẽ được giúp riêng, TechRescue đang tìm người.",),
    Purpose.OFFER: (
        (
            "TechRescue: {category}, {commune}, cách {distance}, {company}. "
            "Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}."
        ),
        "TechRescue: {category}, {commune}, {company}. Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}.",
        (
            "TechRescue: {category}, {commune}, cách {distance}, chung {count} yêu cầu. "
            "Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}."
        ),
        "TechRescue: {category}, {commune}, cách {distance}. Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}.",
        "TechRescue: {category}, {commune}. Trả lời 1 {question} để nhận, 2 {question} để từ chối. Hạn {lease}.",
    ),
    Purpose.MOVED_ON: (
        "Việc này không còn là của bạn, đang tìm người khác ({category}, {commune}). Bạn không cần đi.",
        "Việc này không còn là của bạn, đang tìm người khác. Bạn không cần đi.",
    ),
    Purpose.TOO_LATE: (
        "Cảm ơn bạn đã trả lời. Việc {category}, {commune} không cần bạn nữa: {reason}. Bạn không cần đi.",
        "Cảm ơn bạn đã trả lời. Việc này không cần bạn nữa: {reason}. Bạn không cần đi.",
        "Cảm ơn bạn đã trả lời. Việc này không cần bạn nữa. Bạn không cần đi.",
    ),
    Purpose.WITHDRAWN: (
        "Việc {number} ({category}, {commune}) không cần bạn nữa: {reason}. Cảm ơn bạn.",
        "Việc {category}, {commune} không cần bạn nữa: {reason}. Cảm ơn bạn.",
        "Việc vừa hỏi không cần bạn nữa: {reason}. Cảm ơn bạn.",
        "Việc vừa hỏi không cần bạn nữa. Cảm ơn bạn.",
    ),
    Purpose.ASK_GOING: (
        (
            "Việc {number}: bạn vẫn đi chứ? Trả lời 1 {number} nếu đi, 2 {number} nếu không, DI {number} khi lên đường. "
            "Chưa trả lời thì từ {until} việc chuyển cho người khác."
        ),
    ),
    Purpose.ASK_WELL: ("Việc {number}: mọi việc ổn chứ? Trả lời 1 {number} nếu ổn. Cần giúp ngay, nhắn SOS.",),
    Purpose.ASK_BACK: ("Bạn đang có hơn một câu hỏi. Hãy trả lời 1 hoặc 2 kèm mã của câu hỏi: {choices}.",),
    Purpose.ASK_WHICH_JOB: ("Bạn đang có hơn một việc. Hãy nhắn lại kèm số của việc: {choices}.",),
    Purpose.ASK_OUTCOME: (
        (
            "Việc {number}: {wrong}. Nhắn một từ kèm số {number}: DI, DEN, XONG, VANG NHA (không gặp ai), HEN LAI, CO QUAN, "
            "không đi được TRA."
        ),
        (
            "Việc {number}: kết quả thế nào? Nhắn một từ kèm số {number}: XONG, VANG NHA (không gặp ai), TU CHOI, SAI DIA CHI, "
            "HEN LAI, CO QUAN, KHONG AN TOAN, không đi được TRA."
        ),
    ),
}
