"""What to do about a cell that cannot be read, by the field it means: Vietnamese first, then English. Data."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Words(NamedTuple):
    vi: str
    en: str


FORMULA_ADVICE: Final = Words("là công thức: dán giá trị thay cho công thức", "is a formula: paste its value instead")
LOST_DIGITS: Final = Words(
    "bảng tính đã làm mất chữ số: định dạng cột là văn bản rồi nhập lại số", "has lost digits: format it as text, type it again"
)
UNKNOWN: Final = Words("xem lại hàng này", "look at this row again")
ADVICE: Final[Mapping[str, Words]] = {
    "name": Words("ghi họ tên, nhiều nhất 100 ký tự", "write the name, at most 100 characters"),
    "phone": Words(
        "ghi số Việt Nam đủ chữ số, ví dụ 0912 345 678", "write a Vietnamese number with all digits, e.g. 0912 345 678"
    ),
    "category": Words(
        "ghi mã hoặc tên một loại việc, ví dụ vneid_login, hoặc để trống",
        "write the key or the name of a kind of help, e.g. vneid_login, or leave it empty",
    ),
    "description": Words("ghi nội dung, nhiều nhất 2000 ký tự", "write what it is about, at most 2000 characters"),
    "address": Words("ghi nhiều nhất 300 ký tự, hoặc để trống", "write at most 300 characters, or leave it empty"),
    "commune_code": Words(
        "ghi mã năm chữ số hoặc tên một phường, xã của thành phố, hoặc để trống",
        "write the five-digit code or the name of a commune or ward served here, or leave it empty",
    ),
    "lat": Words(
        "ghi cả vĩ độ và kinh độ trong thành phố, hoặc để trống cả hai", "write lat and lon, both, within the city; or neither"
    ),
    "lon": Words(
        "ghi cả vĩ độ và kinh độ trong thành phố, hoặc để trống cả hai", "write lat and lon, both, within the city; or neither"
    ),
    "on_behalf_of": Words("ghi họ tên, nhiều nhất 100 ký tự", "write a name, at most 100 characters"),
    "visited_phone": Words(
        "ghi số Việt Nam đủ chữ số, hoặc để trống", "write a Vietnamese number with all digits, or leave it empty"
    ),
    "vulnerable": Words(
        "ghi đối tượng ưu tiên, cách nhau bằng dấu |, ví dụ người cao tuổi|khuyết tật", "write e.g. elderly|disabled"
    ),
    "someone_present": Words("ghi có hoặc không", "write yes or no"),
    "visit_consent": Words("ghi có hoặc không", "write yes or no"),
    "data_consent": Words(
        "ghi phiên bản nội dung đã đồng ý (GET /v1/privacy/consent-text), hoặc để trống",
        "write the version of the text that was agreed to (GET /v1/privacy/consent-text), or leave it empty",
    ),
    "contact": Words("ghi nhắn tin hoặc gọi", "write message or call"),
    "language": Words("ghi mã ngôn ngữ, ví dụ vi", "write the code of a language, e.g. vi"),
    "received": Words("ghi ngày, ví dụ 02/03/2026, không ở tương lai", "write a day that is not to come, e.g. 2026-03-02"),
}
