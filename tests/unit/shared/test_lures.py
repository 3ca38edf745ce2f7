"""What frauds are made of is found however it is written, and what a city has to say passes. Every form here is made up."""

import pytest

from shared.lures import lure_in, unbaited

REFUSED = {
    "a sign that is taken for another": [
        "Xem еvil nhé",  # Cyrillic е
        "bit。ly", "evil۔com", "evil⋅com", "Gọi ٠٩١٢٣٤٥٦٧٨", "Gọi ❶❷❸", "ᴄom", "ａα", "tìm 网", "evil\u3164com", "đọc ⠠ mã",
    ],
    "an address": [
        "Xem tại http://example.org", "Xem https evil", "hxxp evil", "Mo www ngay", "Xem wwwevil", "viết thư a@b", "a @ b",
        "ghi (at) gmail", "ghi a còng gmail", "xem : / / evil", "xem bit.ly/abc", "xem zalo.me", "vào evil.com", "vào EVIL.COM",
        "vào evil．com", "vào evil․com", "vào evil . com", "vào evil .com", "vào evil. com", "vào bit. ly", "vào bit . ly",
        "vào evil.\u200bcom", "vào e\u200bvil\u00ad.com", "vào evil[.]com", "vào bit[.]ly", "vào evil (.) ly",
        "vào evil(dot)ly", "vào evil (chấm) ly", "vào evil {dot} io", "vào evil chấm com", "vào evil cham com",
        "vào evil chấm ly", "vào evil dot ly", "vào evil chấm nét", "vào evil chấm vê en", "vào evil dấu chấm vn",
        "vào tinyurl com", "vào tinyurl", "vào bit ly", "vào goo gl", "vào evil com", "vào evil-com", "vào evil_com",
        "vào evil,com", "vào evil net", "vào evil vn", "vào dichvucong gov vn", "vào evil·com", "vào evil•com", "vào evil…com",
        "vào bit․ly\u0301", "vào 192.168.1.10", "vào t.me", "vào P.ly", "nhắn zalo me", "e v i l . c o m", "b i t l y",
        "e.v.i.l.c.o.m", "vào evil.cơm", "Hết giờ.Xin chờ", "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦", "ｅｖｉｌ．ｃｏｍ", "evil🙂.com",
    ],
    "a number": [
        "gọi 0912345678", "gọi 0912 345 678", "gọi 024.3825.1234", "gọi 84912345678", "gọi +84 912 345 678",
        "gọi 1022 3825 1234", "STK là 19001234567", "gọi 19001234", "gọi 1900 1234", "gọi 1900 2026", "gọi 0 9 1 2 3 4 5 6 7 8",
        "gọi 0-9-1-2-3-4-5-6-7-8", "gọi 0, 9, 1, 2, 3, 4, 5, 6, 7, 8", "gọi 0.9.1.2.3.4.5.6.7.8", "gọi 0912/345/678",
        "gọi (0912) 345-678", "gọi 0912 – 345 – 678", "gọi ０９１２３４５６７８", "gọi 09\u200b12\u200b34\u200b56\u200b78",
        "gọi 𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖", "gọi O912 345 678", "gọi o9l2 345 678", "gọi không chín một hai ba bốn năm sáu bảy tám",
        "goi khong chin mot hai ba bon nam sau bay tam", "gọi Không, chín, một, hai, ba, bốn, năm, sáu, bảy",
        "gọi không chín 12 34 56 78", "gọi 0 chín 1 hai 3 bốn 5 sáu 7", "call zero nine one two three four five six",
        "gọi 0912 1022 345", "gọi 09:12 34 56 78", "gọi 09:12 34:56 78", "gọi 38251234", "gọi 0 912.345.678 đ",
        "gọi 912.345.678", "gọi 0912a345b678", "gọi ⓪⑨①②③④⑤⑥⑦⑧", "gọi 0912_345_678", "gọi 0912 * 345 * 678",
    ],
    "codes or money": [
        "Đọc mã xác nhận cho chúng tôi", "Gửi OTP", "Gửi O T P", "Gửi O.T.P", "Gửi 0TP", "đổi mật khẩu", "doi mat-khau",
        "Chuyển khoản trước", "chuyển tiền trước", "mã số bí mật là mã PIN", "Số tài khoản", "STK của tổ", "nạp tiền",
        "your pass word", "verification code", "ma xac thuc", "MÃ\u200bOTP",
    ],
}  # fmt: skip
HONEST = [
    "Từ 27/11/2026 đến 30/11, nhà văn hóa phường Hàng Bạc mở cửa 8:00-17:00. Cần gì xin gọi 1022.", "Mở cửa 8h30 đến 11h30.",
    "8 giờ 30 sáng thứ Bảy 28/11.", "Từ 8.00 đến 17.30.", "8:00 - 11:30, 13:30 - 17:00", "8h-17h các ngày 27-30/11",
    "Ngày 27.11.2026, 8:00", "27-11-2026", "Tháng 11/2026", "Ngày 5/12", "Từ 28.11 đến 30.11.2026",
    "8:00 28/11/2026 - 17:00 29/11/2026", "các ngày 05, 06, 07, 08/12/2026", "Tổ 1, 2, 3, 4, 5, 6, 7, 8, 9",
    "Tổ dân phố 08, 09, 10, 11, 12", "các tổ 84, 85, 86, 87, 88, 89", "từ năm 2025-2026", "Năm 2026, kỳ 2",
    "Trong hai năm 2026 và 2027", "24/7", "P. Hoàn Kiếm", "P.Hoàn Kiếm", "Q. Ba Đình", "Q.Ba Đình", "TP. Hà Nội", "TP.Hà Nội",
    "Tp.HCM", "UBND P. Láng Hạ", "Đ.Láng", "điện, nước v.v.", "v.v... và", "ThS.Nguyễn Văn An", "TS. Lê Thị B", "Ông N.V.A",
    "T.Ư", "Phí 15.000đ", "Phí 15.000 đồng", "Phí 1.500.000 đồng một hồ sơ", "Từ 500.000-1.000.000 đồng",
    "Hỗ trợ 10.000.000 đồng", "10.000.000 - 15.000.000 đ", "Đã giúp 1.234.567 lượt", "Hơn 30.000 người", "Giảm 50%",
    "50 nghìn đồng", "20k", "1,5 triệu đồng", "Gọi 1022", "Gọi 1022.", "Gọi 1022 8 10 20.",
    "Công an 113, cứu hỏa 114, cấp cứu 115", "Gọi 1022, 113 hoặc 115", "Mã hẹn TR-7K3M-92QX", "Nhắn 1 27", "Nhắn HUY LIEN KET",
    "Việc số 12", "Mẫu CT01, CT07", "Quyết định 2345/QĐ-UBND", "Nghị định 13/2023", "Số 12 ngõ 5 Hàng Bạc", "Số 5B/12 ngõ 34",
    "phòng 201, tầng 2", "Nhà văn hóa tổ 5", "Nhà A2, khu 3", "cách 2.5 km", "30m²", "Ứng dụng VNeID bản 2.1.6",
    "Cổng dịch vụ công không dùng được.", "Có cơm trưa miễn phí.", "Xong việc. Cơm trưa miễn phí.", "Đợt 2 in thẻ",
    "chấm công, chấm điểm", "quán nét", "mạng internet", "Ở TP Hà Nội", "Công dân VN", "khu A cổng chính",
    "Không một ai phải trả tiền.", "Hai bà cháu ở phố Bà Triệu", "Ba, bốn hôm nữa", "Sau 5 ngày, từ 8:00 sáng",
    "Năm mươi người", "Có ai cần giúp? Lý do gì?", "Hết mưa. Do vậy mở lại.", "Mời bà con… đến sớm", "• Mang theo căn cước",
    "“Nhà văn hóa” – tầng 1", "T. 2 - T. 6", "The portal is down until 17:00 on 27/11.", "Come to no. 5, it is free.",
    "We do it for 2 of you. So come at 8.", "It's open, isn't it?",
]  # fmt: skip
FORMS = [(kind, form) for kind, forms in REFUSED.items() for form in forms]


@pytest.mark.parametrize(("kind", "form"), FORMS, ids=[f"{number}" for number in range(len(FORMS))])
def test_what_a_fraud_is_made_of_is_found_however_it_is_written(kind: str, form: str) -> None:
    lure = lure_in(form)
    assert lure is not None, form
    words = {
        "a sign that is taken for another":"a sign", "an address":"an address of the web", "a number":"a telephone",
        "codes or money":"passwords",
    }  # fmt: skip
    assert words[kind] in lure.instead, (form, lure)


@pytest.mark.parametrize("form", HONEST, ids=[f"{number}" for number in range(len(HONEST))])
def test_what_a_city_has_to_say_passes(form: str) -> None:
    assert lure_in(form) is None, form


def test_there_are_enough_forms_of_both_kinds() -> None:
    assert min(len(FORMS), len(set(HONEST))) >= 60


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Xin vào evil . com nhé", "“evil . com”"), ("Vào EVIL chấm com", "“chấm com”"),
        ("xem еvil", "“е (CYRILLIC SMALL LETTER IE)”"), ("Gửi O T P ngay", "“O T P”"), ("gọi 0912 345 678", "“091…”"),
    ],
)  # fmt: skip
def test_the_error_says_what_was_found_and_of_a_number_only_how_it_begins(text: str, found: str) -> None:
    with pytest.raises(ValueError, match="must not hold") as refused:
        unbaited(text)
    assert found in str(refused.value)
    assert "0912" not in str(refused.value)
    assert unbaited("Nhà văn hóa tổ 5") == "Nhà văn hóa tổ 5"
