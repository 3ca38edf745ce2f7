"""The Vietnamese texts: the ones people get. Of several wordings the first whose fields are all there is taken.

Written for a small screen and for old people: short sentences, one thing to do. At the door the phrase ("ám hiệu") decides,
never a name. "DI, DEN, XONG, TRA" are the words a responder answers with.
"""

from collections.abc import Mapping
from typing import Final

from notify.purpose import Purpose
from notify.templates import vi_consent as consent
from notify.templates import vi_phone as by_phone
from notify.templates import vi_teams as teams
from notify.templates import vi_words as typed
from notify.templates.own_work_vi import OWN_WORK
from notify.templates.own_work_vi import WORDS as OWN_WORDS
from notify.templates.vi_aftercare import POSTPONED
from notify.templates.vi_asked import ASKED
from notify.templates.vi_spoken import SPOKEN

DOOR: Final = "Chỉ mở cửa khi người đến nói đúng ám hiệu"
NEW_PHRASE: Final = "Ám hiệu cũ thôi dùng: khi có người lên đường sẽ có ám hiệu mới"
_FILED: Final = (
    f"TechRescue đã nhận việc {{code}}. Ngoài giờ, sẽ xếp người từ {{opens}}. {DOOR}: {{phrase}}.",
    f"TechRescue đã nhận việc {{code}}, dự kiến trước {{expected}}. {DOOR}: {{phrase}}.",
    f"TechRescue đã nhận việc {{code}}. {DOOR}: {{phrase}}.",
    f"TechRescue đã nhận việc {{code}}. Ngoài giờ, sẽ xếp người từ {{opens}}. {DOOR}.",
    f"TechRescue đã nhận việc {{code}}, dự kiến trước {{expected}}. {DOOR}.",
    f"TechRescue đã nhận việc {{code}}. {DOOR}.",
)
TEXTS: Final[Mapping[Purpose, tuple[str, ...]]] = {
    Purpose.FILED: _FILED,
    Purpose.FILED_HERE: _FILED,
    Purpose.REOPENED_RESIDENT: (
        f"Việc {{code}} đã mở lại, ngoài giờ, sẽ xếp người từ {{opens}}. {NEW_PHRASE}.",
        f"Việc {{code}} đã mở lại, dự kiến trước {{expected}}. {NEW_PHRASE}.",
        f"Việc {{code}} đã mở lại. {NEW_PHRASE}.",
    ),
    Purpose.WAITING_OFF_HOURS: ("Việc {code}: ngoài giờ làm việc, TechRescue sẽ xếp người giúp từ {opens}.",),
    Purpose.PAUSED_RESIDENT: (
        "Việc {code}: theo hẹn của ông/bà, TechRescue sẽ xếp người giúp từ {opens}. Muốn đổi giờ, gọi 1022.",
    ),
    Purpose.WAITING_OFFICE_RESIDENT: (
        "Việc {code} đang chờ cơ quan giải quyết trước. Chậm nhất {opens}, TechRescue sẽ làm tiếp.",
    ),
    Purpose.RESUMED_RESIDENT: ("Việc {code}: hết thời gian chờ, TechRescue đang tìm người giúp.",),
    Purpose.NEWS_RESIDENT: (
        "Việc {code}, lúc {at}: {caller} giúp ông/bà qua điện thoại, gọi từ số 1022. Không ai đến nhà.",
        f"Việc {{code}}, lúc {{at}}: {{coming}} đang trên đường đến. {DOOR}.",
        f"Việc {{code}}, lúc {{at}}: {{who}} đã nhận, chưa lên đường. {DOOR}.",
        "Việc {code}, lúc {at}: đang tạm dừng, sẽ xếp người từ {opens}.",
        "Việc {code}, lúc {at}: đang hỏi {asked} người, chưa ai nhận; đã báo {owner}. Xin lỗi ông/bà. Tin sau: {next_news}.",
        "Việc {code}, lúc {at}: đang hỏi {asked} người, chưa ai nhận. Xin lỗi ông/bà. Tin sau: {next_news}.",
        "Việc {code}, lúc {at}: chưa tìm được người, {owner} đang lo. Xin lỗi ông/bà. Tin sau: {next_news}.",
        "Việc {code}, lúc {at}: chưa tìm được người, vẫn đang tìm. Xin lỗi ông/bà. Tin sau: {next_news}.",
    ),
    Purpose.ACCEPTED_RESIDENT: (
        "Việc {code} đã có {helper} nhận: {who}. {hold}",
        f"Việc {{code}} đã có người nhận: {{who}} ({{helper}}). {DOOR}.",
        f"Việc {{code}} đã có người nhận: {{who}}. {DOOR}.",
    ),
    Purpose.NAMED_RESIDENT: (f"Người đến giúp việc {{code}}: {{who}}. {DOOR}.",),
    Purpose.EN_ROUTE_RESIDENT: (
        f"{{who}} đang trên đường đến giúp việc {{code}}. {DOOR}: {{phrase}}.",
        f"{{who}} đang trên đường đến giúp việc {{code}}. {DOOR}.",
    ),
    Purpose.RELEASED_RESIDENT: (
        "Việc {code}: người nhận không đến được, đang tìm người khác. Ám hiệu MỚI: {phrase}. Ai nói ám hiệu cũ thì đừng mở cửa.",
    ),
    Purpose.ESCALATED_RESIDENT: (
        "Việc {code} chưa có người nhận. Đã báo {owner} để tìm người. Chậm nhất {next_news} sẽ có tin.",
        "Việc {code} chưa có người nhận. Đã báo người phụ trách. Chậm nhất {next_news} sẽ có tin.",
    ),
    Purpose.DONE_RESIDENT: (
        "Việc {code}: {outcome}",
        "Việc {code} đã kết thúc. Nếu chưa được, gọi 1022 để mở lại.",
    ),
    Purpose.HANDED_OFF_RESIDENT: (
        "Việc {code} phải làm tại {office}. TechRescue báo nơi đó và hỏi lại ông/bà sau {until}.",
        "Việc {code} phải làm tại {office}, TechRescue đang báo nơi đó.",
        "Việc {code} phải làm tại cơ quan nhà nước. Gọi 1022 để biết nơi làm.",
    ),
    Purpose.CANCELLED_RESIDENT: ("Việc {code} đã được hủy, không ai đến nữa. Không phải ông/bà hủy thì gọi 1022.",),
    Purpose.FROZEN_RESIDENT: (
        "ĐỪNG MỞ CỬA cho người đang đến. TechRescue đã dừng việc {code}, 1022 đang gọi cho ông/bà. Thấy nguy hiểm, gọi 113.",
    ),
    Purpose.FRAUD_RESIDENT: (
        "Việc {code} nghi lừa đảo: người phụ trách phường, xã sẽ liên hệ. Đừng chuyển tiền, đừng đọc mã, đừng cài gì thêm.",
    ),
    Purpose.LIFTED_RESIDENT: (
        "Việc {code}: TechRescue xếp người khác đến giúp. Ám hiệu MỚI: {phrase}. Ai nói ám hiệu cũ thì đừng mở cửa.",
    ),
    Purpose.POSTPONED_RESIDENT: ("Việc {code}: {postponed} Ám hiệu MỚI: {phrase}. Ai nói ám hiệu cũ thì đừng mở cửa.",),
    Purpose.SLOT_RESIDENT: ("Việc {code}: đã hẹn lại. TechRescue xếp người đến từ {opens}.",),
    Purpose.UNSAFE_RESIDENT: (
        "Việc {code} tạm dừng vì lý do an toàn, chưa có ai đến nữa. 1022 hoặc phụ trách phường, xã sẽ liên hệ ông/bà.",
    ),
    Purpose.SOS_RESIDENT: (
        "TechRescue đã nhận SOS việc {code}: 1022 gọi ông/bà ngay, phụ trách phường, xã đã được báo. Nguy hiểm, gọi 113.",
    ),
    Purpose.ACCEPTED_RESPONDER: (
        (
            "Việc này là của bạn. {name}, {phone}, {address}. {who_goes} Nhắn {number} và TÊN người đi, rồi DI {number} khi đi, "
            "TRA {number} nếu không đi được."
        ),
        (
            "Việc này là của bạn. {name}, {phone}, {address}. Nhắn DI {number} khi đi, DEN {number} khi đến, "
            "XONG {number} khi xong, TRA {number} nếu không đi được."
        ),
        (
            "Việc này là của bạn. {who_goes} Nhắn {number} và TÊN người đi. Tổng đài đang hỏi ý người cần giúp, địa chỉ "
            "sẽ gửi sau. Nhắn TRA {number} nếu không đi được."
        ),
        "Việc này là của bạn. Tổng đài đang hỏi ý người cần giúp, địa chỉ sẽ gửi sau. Nhắn TRA {number} nếu không đi được.",
    ),
    Purpose.CLEARED_RESPONDER: (
        (
            "Người cần giúp đã đồng ý: {name}, {phone}, {address}. {who_goes} Nhắn {number} và TÊN người đi, rồi DI {number} "
            "khi đi, TRA {number} nếu không đi được."
        ),
        (
            "Người cần giúp đã đồng ý: {name}, {phone}, {address}. Nhắn DI {number} khi đi, DEN {number} khi đến, "
            "XONG {number} khi xong, TRA {number} nếu không đi được."
        ),
    ),
    Purpose.EN_ROUTE_RESPONDER: (
        (
            "Việc {number}, ám hiệu: {phrase}. Nói ám hiệu trước khi vào nhà, không hỏi OTP hay tiền. "
            "Nhắn DEN {number} khi đến, XONG {number} khi xong."
        ),
    ),
    Purpose.TAKEN: (
        "Việc đã có người nhận, cảm ơn bạn ({category}, {commune}).",
        "Việc đã có người nhận, cảm ơn bạn.",
    ),
    Purpose.ALREADY_TAKEN: (
        "Việc đã có người nhận, cảm ơn bạn ({category}, {commune}). Câu trả lời của bạn đến sau.",
        "Việc đã có người nhận, cảm ơn bạn. Câu trả lời của bạn đến sau.",
    ),
    Purpose.RELEASED_RESPONDER: (
        "Đã ghi nhận bạn trả việc {number}. Cảm ơn bạn đã báo.",
        "Đã ghi nhận bạn trả việc. Cảm ơn bạn đã báo.",
    ),
    Purpose.DONE_RESPONDER: (
        "Đã ghi nhận việc {number}: {next} Cảm ơn bạn!",
        "Đã ghi nhận việc {number} kết thúc. Cảm ơn bạn!",
        "Đã ghi nhận việc kết thúc. Cảm ơn bạn!",
    ),
    Purpose.STOPPED_RESPONDER: (
        "Việc {number} phải DỪNG để kiểm tra an toàn. Xin bạn đừng vào nhà, rời đi và gọi ngay 1022. Cảm ơn bạn.",
        "Việc bạn đang nhận phải DỪNG để kiểm tra an toàn. Xin bạn đừng vào nhà, rời đi và gọi ngay 1022. Cảm ơn bạn.",
    ),
    Purpose.LATE_RESPONDER: (
        (
            "Việc {number} đã quá giờ hẹn đến. Bạn đến được không? Nhắn DI {number} nếu đang đi, DEN {number} nếu đã đến, "
            "TRA {number} nếu không đi được."
        ),
    ),
    Purpose.ASSIGNED_LEAD: (
        (
            "Đã hỏi người bạn nêu tên: {category}, {commune}, mã {code}. Nếu người đó không nhận, việc vẫn do bạn lo. "
            "Nhắn XONG {number} khi xong."
        ),
        "Đã hỏi người bạn nêu tên: {category}, {commune}, mã {code}. Nếu người đó không nhận, việc vẫn do bạn lo.",
    ),
    Purpose.ASSIGN_REFUSED: (
        "Chưa giao được việc {code}: {refusal}. Hạn của bạn vẫn tính. Trả lời 1 {number}, 2 {number} hoặc {number} TÊN KHÁC.",
        "Chưa giao được việc {code}: {refusal}. Hạn của bạn vẫn tính, cần giúp xin gọi 1022.",
        "Chưa giao được việc {code}. Hạn của bạn vẫn tính, cần giúp xin gọi 1022.",
    ),
    Purpose.RESUMED_LEAD: ("TechRescue: việc {code}, {category}, {commune} đã hết hạn chờ cơ quan, thời hạn lại tính tiếp.",),
    Purpose.LATE_LEAD: ("TechRescue: việc {code}, {category}, {commune}, {stage}. Cần đổi người, gọi 1022.",),
    Purpose.UNSAFE_RESPONDER: (
        "Việc {number} đã DỪNG, phụ trách phường, xã được báo. Hãy rời chỗ không an toàn, 1022 gọi bạn ngay. Nguy hiểm, gọi 113.",
        "Việc của bạn đã DỪNG, phụ trách phường, xã được báo. Hãy rời chỗ không an toàn, 1022 gọi bạn ngay. Nguy hiểm, gọi 113.",
    ),
    Purpose.REPLACED_RESPONDER: (
        "Việc {number} đã chuyển cho người khác vì chưa thấy bạn trả lời. Xin bạn đừng đến nữa. Cảm ơn bạn.",
        "Việc của bạn đã chuyển cho người khác vì chưa thấy bạn trả lời. Xin bạn đừng đến nữa. Cảm ơn bạn.",
    ),
    Purpose.SOS_RESPONDER: (
        "TechRescue đã nhận SOS việc {code}: 1022 gọi bạn ngay, phụ trách phường, xã đã được báo. Nguy hiểm, gọi 113.",
    ),
    Purpose.ALARM_LEAD: (
        (
            "{alarm}: việc {code}, {commune}, {address}. Người giúp: {who}, {phone}. 1022 đang gọi. "
            "Xin liên hệ hoặc đến xem ngay, có tin thì báo 1022."
        ),
        "{alarm}: việc {code}, {commune}, {address}. Người giúp: {who}. 1022 đang gọi. Xin gọi hoặc đến xem ngay, báo lại 1022.",
        "{alarm}: việc {code}, {commune}. 1022 đang gọi. Xin liên hệ hoặc đến xem ngay, có tin thì báo 1022.",
    ),
    **OWN_WORK,
    Purpose.ESCALATION: (
        (
            "TechRescue, chưa ai nhận: {category}, {commune}. Trả lời 1 {question} = tôi nhận, "
            "2 {question} = chuyển trung tâm thành phố, {question} TÊN = giao người đó. Hạn {lease}."
        ),
    ),
    Purpose.ACCEPTED_LEAD: (
        "Việc này là của bạn: {category}, {commune}, mã {code}. {name}, {phone}, {address}. Nhắn XONG {number} khi xong.",
        "Việc này là của bạn: {category}, {commune}, mã {code}. Nhắn XONG {number} khi xong.",
        "Việc này là của bạn: {category}, {commune}, mã {code}.",
    ),
    Purpose.SOS_NOWHERE: ("TechRescue không thấy việc nào đang mở ở số này. Nguy hiểm, gọi 113 ngay. Cần giúp, gọi 1022.",),
    Purpose.NOT_UNDERSTOOD: ("TechRescue chưa hiểu tin nhắn của bạn. Cần giúp, xin gọi 1022.",),
    Purpose.ALREADY_ANSWERED: ("TechRescue đã nhận được câu trả lời của bạn rồi. Cảm ơn bạn.",),
    **ASKED,
    **SPOKEN,
    **teams.TEXTS,
    **by_phone.TEXTS,
    **by_phone.SPOKEN,
    **consent.TEXTS,
    **typed.TEXTS,
}

# Added to what a resident gets, the longest that fits: every text is a chance to say what a fraudster would ask for.
TAILS: Final = ("Tổng đài 1022 không bao giờ hỏi OTP hay tiền.", "Gọi 1022.")

SPOKEN_OPENING: Final = "Chào ông/bà, tôi gọi từ tổng đài 1022."
SPOKEN_CLOSING: Final = "Chúng tôi không bao giờ hỏi OTP hay tiền. Cần gì xin gọi lại 1022."

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    **teams.WORDS,
    **OWN_WORDS,
    **consent.WORDS,
    "helper": {
        "team": "tổ công nghệ số",
        "volunteer": "tình nguyện viên",
        "engineer": "kỹ sư",
        "mobile_point": "điểm lưu động",
    },
    "owner": {
        "ward_lead": "phụ trách phường, xã",
        "deputy": "phó phụ trách phường, xã",
        "city_desk": "trung tâm thành phố",
    },
    "reason": {
        "cancelled": "yêu cầu đã hủy",
        "amended": "yêu cầu đã thay đổi",
        "reassigned": "điều phối viên đang hỏi người khác",
        "preempted": "có việc gấp hơn cần bạn",
        "nobody_answered": "đã hết hạn trả lời",
        "erased": "yêu cầu đã bị xóa",
        "needs_office": "việc phải làm tại cơ quan",
        "frozen": "việc đã dừng lại",
        "paused": "việc tạm dừng, sẽ làm vào lúc khác",
        "lifted": "trung tâm thành phố đã xử lý",
        "regrouped": "các việc được xếp lại chuyến",
        "split": "điều phối viên xếp lại chuyến",
        "put_off": "việc tạm hoãn",
        "needs_visit": "việc cần người đến tận nơi",
        "off_duty": "bạn đang nghỉ",
    },
    "postponed": POSTPONED,
    # What a helper reads of what follows from what they said; of an ordinary end nothing follows for them.
    "next": {
        "absent": "không gặp ai. 1022 gọi hẹn lại, lần sau hỏi bạn trước. Bạn về được rồi.",
        "absent_again": "lần thứ hai không gặp ai, việc kết thúc ở đây.",
        "wrong_address": "sai địa chỉ. 1022 hỏi lại, có địa chỉ sẽ hỏi bạn trước.",
        "refused": "người dân không cần giúp. 1022 sẽ gọi hỏi lại họ. Bạn về được rồi.",
        "needs_office": "phải làm tại cơ quan. 1022 chuyển và theo dõi tiếp. Bạn về được rồi.",
        "second_visit": "cần thêm một buổi. 1022 hẹn giờ rồi hỏi bạn trước.",
        "slot": "người dân hẹn giờ khác. Đừng đến lúc này; đến giờ sẽ hỏi bạn trước.",
    },
    "alarm": {
        "sos": "SOS KHẨN CẤP",
        "silent": "NGƯỜI GIÚP KHÔNG TRẢ LỜI",
        "still": "BÁO ĐỘNG CHƯA KẾT THÚC",
    },
    "refusal": {
        "unknown_name": "phường, xã này không có ai tên hay mã đó",
        "ambiguous_name": "có nhiều người trùng tên, hãy ghi cả họ tên hoặc mã",
        "shared_visit": "việc này đi chung chuyến với việc khác",
        "job_not_open": "việc đã có người nhận hoặc đã kết thúc",
        "already_taken": "việc đã có người nhận hoặc đã kết thúc",
        "barred": "người này đã bị loại khỏi việc này",
        "inactive": "người này không còn trong danh sách",
        "phone_not_confirmed": "số của người này chưa được xác nhận",
        "full": "người này đang bận việc khác",
        "pending_offer": "người này đang được hỏi việc khác",
    },
    "wrong": {
        "not_by_phone": "đây là việc đến tận nhà, CAN DEN chỉ dùng khi giúp qua điện thoại",
        "coming": "chưa rõ bạn có đi được không",
    },
    "stage": {
        "arrival": "đã quá giờ hẹn đến nơi",
        "resolve": "đã quá hạn xử lý",
    },
    "outcome": {
        "solved": "người giúp báo đã xong. Nếu chưa được, gọi 1022 để mở lại.",
        "absent": "người giúp đã đến nhưng không gặp ai. Gọi 1022 để hẹn lại.",
        "refused": "người giúp báo ông/bà không cần giúp nữa. Nếu không đúng, gọi 1022.",
        "wrong_address": "người giúp không tìm thấy địa chỉ. Gọi 1022 để báo lại địa chỉ.",
        "unsafe": "buổi giúp phải dừng lại. Gọi 1022 để được hẹn lại.",
        "needs_office": "việc này phải làm tại cơ quan nhà nước. Gọi 1022 để biết nơi làm.",
        "second_visit": "cần thêm một buổi nữa, 1022 sẽ gọi hẹn giờ.",
        "needs_visit": "qua điện thoại chưa xong, sẽ có người đến.",
    },
}
