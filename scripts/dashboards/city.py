"""The city overview: what operators at the hotline and the city desk look at. Vietnamese first."""

from typing import Final

from scripts.dashboards.panels import Dashboard, Panel, count

KEPT: Final = 'techrescue:slo_good:total{sloth_service="promises"}'
BROKEN: Final = 'techrescue:slo_bad:total{sloth_service="promises"}'

CITY: Final = Dashboard(
    uid="techrescue-city",
    title="Toàn thành phố / City overview",
    about=(
        "Bao nhiêu người đang cần giúp, ai đang chờ, lời hứa nào bị lỡ. Màu đỏ: cần người xử lý ngay. / "
        "Who needs help, who waits, which promises are broken. Red: somebody has to act."
    ),
    panels=[
        count(
            "Yêu cầu hôm nay / Filed, 24 h",
            "Số yêu cầu đã nhận trong 24 giờ qua. / Requests accepted within 24 hours.",
            "round(sum(increase(techrescue_intake_filed_requests_total[24h])))",
        ),
        count(
            "Đang mở / Open",
            "Việc chưa xong, ở mọi trạng thái. / Jobs that are not over.",
            "sum(max by (status, priority) (techrescue_dispatch_open_jobs))",
        ),
        count(
            "Chưa ai nhận / Nobody yet",
            "Việc còn chờ người nhận. / Jobs that wait for somebody to accept.",
            'sum(max by (status, priority) (techrescue_dispatch_open_jobs{status=~"pending|offered"}))',
        ),
        count(
            "Chờ lâu nhất / Longest wait",
            "Người chờ lâu nhất đã chờ bao lâu. / How long the longest has waited.",
            "max(techrescue_dispatch_oldest_waiting_job_age_seconds)",
            unit="s",
            danger=3600,
        ),
        count(
            "Cuộc gọi phải làm / Calls to make",
            "Người chỉ báo được qua điện thoại; xem danh sách cuộc gọi. / People who can only be told by telephone.",
            "max(techrescue_notify_waiting_calls)",
            danger=10,
        ),
        count(
            "Quá hạn gọi / Calls overdue",
            "Chưa ai gọi đúng hạn: gọi ngay. / Nobody has called in time: call now.",
            "max(techrescue_notify_overdue_calls)",
            danger=1,
        ),
        count(
            "Trả lời trong 20 giây / Answered in 20 s",
            "Cuộc gọi tới tổng đài, 24 giờ qua; mục tiêu 80 %. / Calls to the hotline within 24 hours; the promise is 80 %.",
            'sum(increase(techrescue_intake_call_answer_seconds_bucket{le="20.0"}[24h])) '
            "/ (sum(increase(techrescue_intake_call_answer_seconds_count[24h])) > 0)",
            unit="percentunit",
            danger=-0.8,
        ),
        count(
            "Gọi mà không gặp ai / Calls lost",
            "Gọi nhỡ hoặc bỏ máy khi chờ, 24 giờ qua. / Missed, or given up while waiting, within 24 hours.",
            'sum(increase(techrescue_intake_calls_total{outcome=~"missed|abandoned"}[24h])) '
            "/ (sum(increase(techrescue_intake_calls_total[24h])) > 0)",
            unit="percentunit",
            danger=0.1,
        ),
        count(
            "Phải gọi lại / Call back",
            "Người đã gọi mà không gặp ai, hoặc xin được gọi lại. / Rang in vain, or asked to be called.",
            "max(techrescue_intake_waiting_callbacks)",
            danger=10,
        ),
        count(
            "Chưa rõ ở đâu / No place",
            "Yêu cầu chưa có địa điểm: gọi lại và hỏi. / Requests without a place: call back and ask.",
            "max(techrescue_intake_unlocated_requests)",
            danger=1,
        ),
        count(
            "Tin chưa đọc / Unread texts",
            "Người dân viết điều không trả lời câu hỏi nào. / Texts that answer no question.",
            "max(techrescue_intake_unread_messages)",
            danger=1,
        ),
        count(
            "Sự cố: đang giữ / Held",
            "Yêu cầu chờ sự cố toàn thành phố kết thúc. / Requests that wait for the end of an incident.",
            "sum(max by (category) (techrescue_dispatch_held_jobs)) or vector(0)",
        ),
        count(
            "Đang trực / On shift",
            "Người đang trực và hỏi được. / People on shift who can be asked.",
            "sum(max by (kind) (techrescue_dispatch_on_shift_responders))",
        ),
        count(
            "Giữ lời hứa / Promises kept",
            "Tỷ lệ đúng hạn từ đầu, mọi mức ưu tiên; mục tiêu 90 %. / Kept in time since the beginning; the objective is 90 %.",
            f"sum({KEPT}) / (sum({KEPT}) + sum({BROKEN}))",
            unit="percentunit",
            danger=-0.9,
        ),
        count(
            "Báo động / Alerts",
            "Báo động đang kêu; xem Alertmanager. / Alerts that fire.",
            'sum(ALERTS{alertstate="firing"}) or vector(0)',
            danger=1,
        ),
        Panel(
            "Lời hứa bị lỡ, mỗi giờ / Promises broken, by hour",
            "Quá hạn hoặc không tới: offered = báo được người giúp, accepted = có người nhận, on_scene = tới nơi, done = xong. / "
            "Too late or not at all.",
            "short",
            [("max by (priority, stage) (increase(techrescue_notify_sla_breaches_total[1h]))", "{{priority}} {{stage}}")],
            wide=12,
        ),
        Panel(
            "Việc đang mở / Open jobs",
            "Theo trạng thái: pending = chờ, offered = đã hỏi, accepted = có người nhận, frozen = tạm dừng vì an toàn. / "
            "By status.",
            "short",
            [("sum by (status) (max by (status, priority) (techrescue_dispatch_open_jobs))", "{{status}}")],
            wide=12,
        ),
        Panel(
            "Mới nhận, theo ưu tiên / Begun, by priority",
            "Số lượt trong giờ qua; mở lại và hẹn lần hai tính thêm. / Rounds of the last hour.",
            "short",
            [("max by (priority) (increase(techrescue_notify_sla_rounds_total[1h]))", "{{priority}}")],
        ),
        Panel(
            "Kết quả từ đầu / Outcomes so far",
            "Mỗi lượt kết thúc ra sao. / How rounds have ended.",
            "short",
            [("sum by (outcome) (max by (outcome, priority) (techrescue_notify_sla_outcomes_total))", "{{outcome}}")],
            kind="bargauge",
        ),
        Panel(
            "Tổng đài: chờ bao lâu / Hotline: how long people wait",
            "Từ chuông đầu tới khi có người nghe, trong giờ qua. / From the first ring to the answer, within the hour.",
            "s",
            [
                (
                    "histogram_quantile(0.5, sum by (le) (rate(techrescue_intake_call_answer_seconds_bucket[1h])))",
                    "P50",
                ),
                (
                    "histogram_quantile(0.8, sum by (le) (rate(techrescue_intake_call_answer_seconds_bucket[1h])))",
                    "P80",
                ),
            ],
        ),
        Panel(
            "Tổng đài: cuộc gọi, mỗi giờ / Hotline: calls, by hour",
            "answered = có người nghe, missed = gọi nhỡ, abandoned = bỏ máy khi chờ. / By what came of them.",
            "short",
            [("sum by (outcome) (increase(techrescue_intake_calls_total[1h]))", "{{outcome}}")],
        ),
        Panel(
            "Giúp được qua điện thoại / Solved by phone",
            "Bảy ngày qua, của những việc thử gọi trước. / The last 7 days.",
            "short",
            [("sum by (outcome) (max by (category, outcome) (techrescue_dispatch_remote_jobs))", "{{outcome}}")],
            kind="bargauge",
        ),
    ],
)
