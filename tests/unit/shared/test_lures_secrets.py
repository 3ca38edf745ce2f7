"""Who asks for a code, a card or money is found however it is written; who warns of it is heard. Every form here is made up."""

import pytest

from shared.lures import lure_in

ASKS = [
    "cho số thẻ", "Đọc số thẻ cho cán bộ", "gửi so the ngan hang", "CVV", "đọc C V V", "cvc mặt sau", "ba số sau thẻ",
    "mã mặt sau thẻ", "quét QR", "Quét mã để nhận", "quet ma QR nay", "mở QR code", "VietQR", "nạp 500.000", "nap 500k",
    "nạp năm trăm nghìn", "nạp thẻ cào", "Nạp ngay vào ví", "tải apk", "cài file A P K", "tai file ve may", "ô tê pê",
    "o te pe", "ô-tê-pê", "ôtêpê", "o ti pi", "M4t kh4u", "m4tkh4u", "m.ậ.t k.h.ẩ.u", "m-a-t k-h-a-u", "mậtkhẩu", "MẶT KHẨU",
    "mk đăng nhập", "P4ssw0rd", "p a s s w o r d", "passwd", "0-T-P", "0 T P", "OTP", "mã 6 số", "đọc mã gồm sáu chữ số",
    "Gửi mã vừa nhận", "đọc mã cho chúng tôi", "nhập mã trong tin nhắn", "mã P1N", "số PIN", "ck 500k", "c/k trước",
    "chuyển 500.000 đ", "chuyển hai triệu", "chuyen 2tr vao", "gửi 300k", "đóng phí trước", "đặt cọc giữ chỗ",
    "thanh toán ngay", "nộp tiền cho tổ", "thu phí tại nhà", "ví MoMo", "chuyển vào ZaloPay", "tài khoản ngân hàng",
    "tk ngân hàng", "số tk", "mở TeamViewer", "cài UltraViewer", "cho điều khiển từ xa", "chia sẻ màn hình", "thẻ tín dụng",
    "thẻ ATM", "chụp ảnh căn cước gửi về", "send 500k", "scan the QR", "your card number", "tell us your PIN",
    "the 6-digit code", "pay 20 USD now", "download the apk", "top up 500.000", "Vui lòng đọc dãy số vừa gửi đến máy",
    "Xin cho biết số thẻ và ngày hết hạn", "Cho xin mã O.T.P nhé", "gui ma xac nhan ve 1022", "M@t kh4u",
    "mat_khau cua ong ba", "Nạp 200 nghìn để giữ chỗ", "Nạp card 100k", "Hãy quét mã QR ở dưới", "quét  Q R",
    "tải ứng dụng apk", "Ô  tê  pê của bác", "0tp", "Mã pin thẻ", "CVV2", "Chuyển 1.000.000 đồng", "Đóng 200.000 đồng lệ phí",
    "Ck cho em 200", "số tài khoản nhận tiền", "mk VNeID", "Gửi ảnh CCCD hai mặt", "Cài AnyDesk",
    "Please read us the verification code", "Send your bank details", "Pay by bank transfer", "Enter your password",
    "Scan QR to win", "Chuyển khoan 50 ngàn", "nhập số thẻ ATM", "tiền cọc 100k", "Bà đọc giúp sáu con số vừa về máy",
    "cho em xin ảnh hai mặt thẻ", "Soạn lại mã otp gửi đi", "Ghi ba số ở mặt sau", "mở camera quét mã vạch để nhận quà",
    "Bắn 500k qua momo", "Banking giúp em 2 triệu", "tải ứng dụng ở đường dẫn này rồi cài", "m.k của bác là gì",
    "Đăng nhập bằng tên và mật khảu", "mâ.t khâ?u", "Ô.T.P.", "ốtêpê", "Ố tế pề", "chiển khoản", "chuyển khoảng",
    "nap the dien thoai", "Góp 50.000 đồng mỗi nhà", "Mỗi hộ đóng góp 100 nghìn", "Phí giữ chỗ 200k gửi trước", "M@ 0TP",
]  # fmt: skip
ASKS_UNDER_A_WARNING = [
    "Đừng lo, đọc OTP cho cán bộ", "Không đọc OTP thì bị khóa", "Không chuyển tiền sẽ mất tài khoản", "Đừng quên gửi OTP",
    "Đừng ngại chuyển tiền", "Đừng đọc OTP cho ai, trừ cán bộ của tổ", "Đừng đọc OTP cho ai, chỉ đọc cho 1022",
    "Tại sao không chuyển tiền?", "Không gửi OTP?", "Dùng mật khẩu này", "Đừng hỏi, đọc OTP cho cán bộ",
    "Đề phòng lừa đảo đọc OTP cho cán bộ", "Đừng không gửi OTP", "Không ai được hỏi OTP. Đọc OTP cho cán bộ.",
    "Nếu có người hỏi OTP, đọc cho họ", "Never mind, send the OTP", "Do not wait: send the OTP",
    "Nobody but us may ask for the OTP", "Đừng lo lắng gì, chuyển khoản ngay", "Không cung cấp OTP sẽ bị khóa tài khoản",
    "Không ai hỏi OTP ngoài cán bộ 1022", "Đừng cúp máy, đọc OTP", "Do not hang up and tell us the OTP",
    "Không sao đâu, cứ đọc OTP", "Đừng ai không nộp tiền", "Không mất gì khi đọc OTP",
    "Không ai hỏi OTP mà không có lý do, hãy đọc", "Never say no to a bank transfer", "Do not forget your password",
    "We will not call twice, send the OTP now", "Nếu cán bộ hỏi OTP, hãy trả lời",
    "Đừng nói với người thân, chuyển tiền cho công an phường", "Đừng nói với ai, chuyển tiền cho công an phường",
    "Quý vị không cần đến phường, chuyển khoản cho chúng tôi", "Ai không gửi mã OTP, không được nhận tiền nhà nước",
    "Người dân không nộp tiền, không được nhận thẻ", "Ai không chuyển khoản phải trả phí",
    "Không cần gọi, quét mã trên Zalo", "No need to call, send money to our staff",
    "Đừng nói với ai và chuyển tiền cho công an phường", "Đừng nói với ai chuyển tiền cho công an phường",
    "Đừng cho ai biết, nộp phí cho cán bộ", "Khong noi voi ai hay chuyen tien cho cong an phuong",
    "Khong doc OTP cho ai hay chuyen khoan cho chung toi", "Đừng đọc OTP cho ai, chuyển tiền cho công an",
    "Đừng đọc OTP, mật khẩu, chuyển khoản cho chúng tôi", "Không gửi OTP, không được hoàn tiền",
    "Không OTP, không hoàn tiền", "No OTP, no payment", "Bà con không nộp phí, không được vay tiền",
    "Mọi người không gửi mã OTP, không được giúp", "Whoever does not send the OTP, no money",
    "Whoever does not send the OTP must pay", "Người nào không đặt cọc phải trả phí", "Ai không đến phường phải nộp phí",
    "Ai không có thẻ phải trả phí", "Không cần đến phường chuyển khoản cho chúng tôi",
    "No need to call send money to our staff", "Do not tell anyone, send money to our officer",
    "Never tell anybody and send money to our staff", "Nếu ai hỏi, chuyển tiền cho công an, gọi 1022",
    "Không đọc OTP cho ai, cho tiền cán bộ", "Đừng gọi công an, chuyển khoản cho ngân hàng",
    "Không phải đến ngân hàng, nộp tiền qua Zalo", "Đừng tin người lạ, đọc OTP cho cán bộ",
    "Đừng tin ai, mật khẩu cho cán bộ phường", "Không chuyển khoản phải trả phí",
    "Đừng gọi ngân hàng đọc OTP cho cán bộ", "Chưa chuyển tiền cho chúng tôi", "Chưa gửi OTP, gọi 1022",
]  # fmt: skip
WARNS = [
    "Không ai được hỏi OTP.", "Đừng chuyển tiền.", "không ai được hỏi OTP", "đừng chuyển tiền", "Đừng đọc OTP cho ai.",
    "Xin đừng chuyển tiền cho người lạ.", "Tuyệt đối không đọc mã OTP, mật khẩu cho bất kỳ ai.",
    "Không bao giờ cung cấp số thẻ hay CVV cho ai.", "Cán bộ không bao giờ hỏi mật khẩu.", "Tổ công nghệ số không thu tiền.",
    "1022 không bao giờ hỏi OTP hay tiền.", "Công an không yêu cầu chuyển tiền qua điện thoại.", "Không quét mã QR lạ.",
    "Đừng tải apk từ tin nhắn lạ.", "Không cài ứng dụng lạ, không chia sẻ màn hình.", "Ai hỏi OTP là lừa đảo.",
    "Người nào đòi chuyển khoản đều là lừa đảo.", "Nếu ai hỏi mật khẩu, hãy cúp máy.",
    "Nếu có người yêu cầu chuyển tiền, xin gọi 1022.", "Cảnh giác với cuộc gọi yêu cầu nạp tiền.",
    "Cảnh giác: không đọc OTP cho người lạ.", "Không phải trả tiền.", "Bà con không phải nộp tiền.",
    "Ông bà không cần đặt cọc.", "Miễn phí, không thu phí.", "Không một ai phải trả tiền.",
    "Chúng tôi không bao giờ xin số tài khoản, số thẻ hay mã PIN.", "Mở cửa 8:00. Đừng đọc OTP cho ai. Cần gì gọi 1022.",
    "Never tell anybody your OTP.", "Do not transfer money.", "We never ask for a password or a PIN code.",
    "Nobody may ask for your OTP.", "Do not scan a QR code from strangers.", "Whoever asks for your OTP is a fraud.",
    "You do not have to pay.", "Khong doc OTP cho ai.", "Không gửi ảnh căn cước cho người lạ.",
    "Tuyệt đối không cung cấp mã OTP cho bất kỳ ai.", "Không chuyển tiền theo yêu cầu của người lạ.",
    "Chúng tôi không hỏi mật khẩu qua điện thoại.", "Cán bộ phường không thu tiền tại nhà.",
    "Ai đòi tiền là lừa đảo, xin gọi 1022.", "Đừng cho ai biết mã OTP.", "Bà con không phải đóng phí.",
    "Đừng bấm vào đường dẫn lạ và đừng nhập mật khẩu.", "Nếu ai bảo quét mã QR, xin đừng làm theo.",
    "Never share your password with anyone.", "We do not ask for money.", "Nobody has to pay anything.",
    "Tổ công nghệ số giúp miễn phí, không nhận tiền.", "Xin không chuyển khoản cho bất kỳ ai.",
    "TechRescue không bao giờ gọi để hỏi mã OTP.", "Tuyệt đối không chuyển tiền trước.",
    "Mọi hỗ trợ đều miễn phí, không ai được thu tiền.", "Đừng tin ai đòi chuyển tiền.",
    "Cẩn thận với tin nhắn yêu cầu cài ứng dụng lạ.", "Có người gọi hỏi OTP là lừa đảo.",
    "Kẻ gian giả danh cán bộ hỏi mật khẩu, xin cúp máy.", "Không nhập mật khẩu vào trang lạ.",
    "Không đưa thẻ ngân hàng cho người lạ.", "Our team never asks for money or passwords.",
    "If anybody asks for your PIN, hang up.", "Please do not share codes with callers.", "Tổ không giữ mật khẩu của ông bà.",
    "Ông bà tự nhập, không đọc mật khẩu cho ai.",
    "Mọi người đừng đọc OTP, đừng chuyển tiền cho ai.", "Không quét mã hay chuyển khoản cho người lạ.",
    "Never tell anyone your password or send money.", "Công an không yêu cầu người dân chuyển tiền.",
    "Không đọc OTP, mật khẩu, số thẻ cho ai.", "Không đọc OTP, không chuyển tiền cho người lạ.",
    "Đừng tin người lạ, đừng chuyển tiền.", "Người dân không phải nộp tiền.", "Không đọc OTP cho ai, quý vị nhé.",
    "Ai hỏi OTP, mật khẩu là lừa đảo.", "Không ai yêu cầu ông bà trả tiền.", "Không đọc OTP cho ai, xin gọi 1022.",
    "Cán bộ không hỏi hay giữ mật khẩu.", "Đừng nói cho ai biết mã OTP.", "Không nói mật khẩu cho ai.",
    "Đừng chuyển tiền cho người lạ, đừng đọc OTP, mật khẩu.",
]  # fmt: skip
# Said by whoever warns and by whoever threatens in the same words: refused, as it can be said with "đừng".
NOT_TOLD_APART = [
    "Người dân không đọc OTP, không chuyển tiền cho ai.",
    "Không gửi OTP, không được chuyển tiền.",
    "Không ai yêu cầu phải nộp tiền.",
]
NEWS = [
    "Sạc pin trước khi đến.", "Mang theo thẻ bảo hiểm y tế.", "Tại trụ sở Ngân hàng Agribank, tầng 1.",
    "Đọc mã hẹn TR-7K3M-92QX cho tổ.", "Hướng dẫn cài VNeID.", "Tài khoản VNeID mức 2",
    "It is full, so the house opens at 9:00.", "Nộp hồ sơ trực tuyến", "Chuyển 2 bàn sang phòng 201.", "Đã gửi 30.000 người.",
    "Pin 9 volt", "Ông Đỗ Văn Nạp", "Chuyển sang ngày 28/11.", "Thẻ căn cước gắn chip", "Mã hồ sơ in trên giấy hẹn",
    "Đóng cửa từ 17:00.", "Đưa máy đến tầng 2.", "Họ trả kết quả trong 5 ngày", "We map in the hall.", "Gửi 3 bộ hồ sơ",
    "Trả lời qua 1022", "Mang máy đã sạc pin và thẻ căn cước.", "Buổi hướng dẫn nộp hồ sơ trực tuyến.",
    "Cổng thanh tra mở lại.", "Nhà văn hóa số 3 phố Mã Mây", "Chuyển lịch sang 8:00 ngày 30/11.",
    "The house is open from 8:00 to 17:00.", "Pass cổng A, rẽ phải.", "Mang sổ tiết kiệm và sổ hộ khẩu.",
    "Trả máy tại quầy số 3.", "Quét dọn sân nhà văn hóa lúc 8:00.", "Nạp mực máy in tại tổ.", "Nhận quà trung thu ở tổ 5.",
]  # fmt: skip


@pytest.mark.parametrize("form", ASKS, ids=[f"{number}" for number in range(len(ASKS))])
def test_who_asks_for_a_code_a_card_or_money_is_found(form: str) -> None:
    assert lure_in(form) is not None, form


@pytest.mark.parametrize("form", ASKS_UNDER_A_WARNING, ids=[f"{number}" for number in range(len(ASKS_UNDER_A_WARNING))])
def test_no_warning_hides_who_asks(form: str) -> None:
    assert lure_in(form) is not None, form


@pytest.mark.parametrize("form", WARNS, ids=[f"{number}" for number in range(len(WARNS))])
def test_who_warns_is_heard(form: str) -> None:
    assert lure_in(form) is None, (form, lure_in(form))
    assert lure_in(f"Nhà văn hóa mở cửa lúc 8:00. {form}") is None, "beside other news, too"


@pytest.mark.parametrize("form", NOT_TOLD_APART, ids=[f"{number}" for number in range(len(NOT_TOLD_APART))])
def test_a_warning_in_the_words_of_a_threat_is_refused(form: str) -> None:
    assert lure_in(form) is not None, form


@pytest.mark.parametrize("form", NEWS, ids=[f"{number}" for number in range(len(NEWS))])
def test_what_sounds_like_it_and_is_news_passes(form: str) -> None:
    assert lure_in(form) is None, (form, lure_in(form))


TAKEN_BACK = ["Chỉ đọc cho 1022.", "Trừ cán bộ của tổ.", "Sai rồi.", "Đọc OTP cho chúng tôi.", "Only our team may."]


@pytest.mark.parametrize("after", TAKEN_BACK, ids=[f"{number}" for number in range(len(TAKEN_BACK))])
@pytest.mark.parametrize(
    "warning", ["Đừng đọc OTP cho ai", "Do not tell anybody your OTP", "Nếu ai hỏi OTP, hãy cúp máy"], ids="abc"
)
def test_a_warning_that_is_taken_back_is_none(warning: str, after: str) -> None:
    assert lure_in(f"{warning}.") is None
    assert lure_in(f"{warning}. {after}") is not None
