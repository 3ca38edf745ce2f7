"""May somebody come? What the visited person is asked and told, in Vietnamese; and what the desk asks them on the telephone."""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose

TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.CONSENT_QUESTION: (
        "TechRescue: {behalf} ({category}). Cho người đến nhà không? Trả lời 1 {question} = đồng ý, 2 {question} = không.",
        "TechRescue, việc {code}: ông/bà cho người đến nhà giúp không? Trả lời 1 {question} = đồng ý, 2 {question} = không.",
    ),
    Purpose.CONSENT_AGREED: (
        "Cảm ơn ông/bà đã đồng ý, việc {code}. Có người nhận, TechRescue sẽ báo. Đổi ý thì nhắn 2 {question}.",
        "Cảm ơn ông/bà đã đồng ý, việc {code}. Có người nhận, TechRescue sẽ báo.",
    ),
    Purpose.CONSENT_REFUSED: (
        "Việc {code}: đã ghi nhận, KHÔNG ai đến nhà. 1022 sẽ gọi hỏi cách giúp khác. Đổi ý thì nhắn 1 {question}.",
        "Việc {code}: người được giúp không muốn ai đến nhà, nên không ai đến. 1022 sẽ gọi hỏi cách giúp khác.",
    ),
    Purpose.CONSENT_NOTED: ("Việc {code}: {stands}",),
    Purpose.NOT_AGREED_RESPONDER: (
        "Việc {number}: người cần giúp chưa đồng ý, xin KHOAN ĐI. Có trả lời, TechRescue gửi địa chỉ ngay.",
        "Người cần giúp chưa đồng ý, xin KHOAN ĐI. Có trả lời, TechRescue gửi địa chỉ ngay.",
    ),
    Purpose.VISIT_CONSENT: (
        "Việc {code} đã có người nhận: {who}. Hỏi: ông/bà có đồng ý cho người này đến nhà không?",
        "Việc {code}: nhờ giúp cho {for_whom}. Xin gặp người đó. Hỏi: có đồng ý cho người của TechRescue đến nhà không?",
        "Hỏi: ông/bà có đồng ý cho người của TechRescue đến nhà giúp việc {code} không?",
    ),
    Purpose.CONSENT_UNREACHED: (
        (
            "Việc {code}: gọi nhiều lần vẫn chưa rõ ông/bà có cho người đến nhà không. Tìm cách khác: số khác, người nhờ giúp, "
            "tổ dân phố, phường. Ghi lại đồng ý hay không; không tìm được thì hủy việc."
        ),
    ),
    Purpose.NO_VISIT_CALL: (
        (
            "Việc {code}: ông/bà không muốn ai đến. Hỏi: vì sao, có ai làm phiền không, cần giúp qua điện thoại hay ở phường? "
            "Muốn có người đến thì ghi lại là đồng ý."
        ),
    ),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "company": {"two": "cần HAI người cùng đi", "relative": "có người nhà ở cùng"},
    "behalf": {"yes": "người nhà nhờ giúp ông/bà"},
    "again": {"last": "Đây là lần gọi cuối."},
    "stands": {
        "agreed": "đã ghi nhận ông/bà đồng ý cho người đến.",
        "refused": "đã ghi nhận ông/bà không muốn có người đến.",
        "there": "người giúp đã đến nơi. Muốn dừng, xin nói với họ hoặc gọi 1022.",
        "over": "việc đã kết thúc. Cần giúp nữa, xin gọi 1022.",
    },
}
