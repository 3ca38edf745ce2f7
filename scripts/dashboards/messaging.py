"""Who is told: what left, what arrived, over whom, and who has to be called."""

from typing import Final

from scripts.dashboards.panels import Dashboard, Panel, count, p99

MESSAGING: Final = Dashboard(
    uid="techrescue-messaging",
    title="Tin nhắn / Messaging",
    about="Tin đi tới đâu, nhà mạng nào hỏng, còn phải gọi cho ai. / What left, what arrived, over whom, who has to be called.",
    panels=[
        count("Waiting", "Messages that may leave and wait.", "max(techrescue_notify_queued_messages)", danger=100),
        count(
            "Oldest",
            "How long the oldest of them waits.",
            "max(techrescue_notify_oldest_queued_age_seconds)",
            unit="s",
            danger=120,
        ),
        count("Unknown", "Nobody knows whether they left.", "max(techrescue_notify_unknown_messages)", danger=20),
        count("Calls to make", "GET /v1/calls", "max(techrescue_notify_waiting_calls)", danger=10),
        count("Calls overdue", "Fell back to the city desk.", "max(techrescue_notify_overdue_calls)", danger=1),
        count(
            "Delivered",
            "Of the messages whose end is known, of the last day. The objective is 95 %.",
            '1 - (max(slo:sli_error:ratio_rate1d{sloth_service="messages"} >= 0) or vector(0))',
            unit="percentunit",
            danger=-0.95,
        ),
        Panel(
            "Messages, 24 h",
            "Submitted: the provider has it. Delivered: the phone has it.",
            "short",
            [("round(sum by (outcome) (increase(techrescue_notify_messages_total[24h])))", "{{outcome}}")],
        ),
        Panel(
            "Share that fails",
            "Of the messages whose end is known: an hour and a day.",
            "percentunit",
            [
                ('max without (sloth_window) (slo:sli_error:ratio_rate1h{sloth_service="messages"})', "1 h"),
                ('max without (sloth_window) (slo:sli_error:ratio_rate1d{sloth_service="messages"})', "1 d"),
            ],
        ),
        Panel(
            "What is sent most",
            "By purpose, within 24 hours.",
            "short",
            [('topk(12, sum by (kind) (increase(techrescue_notify_messages_total{outcome="submitted"}[24h])))', "{{kind}}")],
            kind="bargauge",
        ),
        Panel(
            "Channels that take nothing",
            "1: no provider of it takes messages, and people are called.",
            "short",
            [("max by (channel) (techrescue_notify_channel_outages)", "{{channel}}")],
            kind="stat",
        ),
        Panel(
            "Providers that take messages",
            "1: open, 0: shut for a while after its own errors.",
            "short",
            [("max by (dependency) (techrescue_notify_open_routes)", "{{dependency}}")],
            kind="stat",
        ),
        Panel(
            "Cost, 24 h",
            "Đồng, by provider: what messages cost that may have left.",
            "currencyVND",
            [("sum by (dependency) (increase(techrescue_notify_cost_vnd_total[24h])) or vector(0)", "{{dependency}}")],
            kind="bargauge",
        ),
        Panel(
            "Spent today, and the budget",
            "Đồng since midnight in Hanoi. The budget is 0 where there is none.",
            "currencyVND",
            [
                ("max(techrescue_notify_spent_today_vnd)", "spent"),
                ('max(techrescue_notify_budget_vnd{kind="all"})', "budget"),
            ],
        ),
        Panel(
            "Budgets: share that is spent today",
            "In all, and of the ward that has spent most of its own. At 100 % nothing is tried a second time.",
            "percentunit",
            [("max by (kind) (techrescue_notify_budget_used_ratio)", "{{kind}}")],
            kind="stat",
        ),
        Panel(
            "Cost for each accepted job, request and message, 24 h",
            "Đồng. 0 while nothing costs anything.",
            "currencyVND",
            [
                (
                    (
                        "(sum(increase(techrescue_notify_cost_vnd_total[24h])) or vector(0)) / clamp_min(sum(max by (priority) "
                        '(increase(techrescue_notify_sla_stage_seconds_count{stage="accepted"}[24h]))), 1)'
                    ),
                    "a job",
                ),
                (
                    (
                        "(sum(increase(techrescue_notify_cost_vnd_total[24h])) or vector(0)) / "
                        "clamp_min(sum(increase(techrescue_intake_filed_requests_total[24h])), 1)"
                    ),
                    "a request",
                ),
                (
                    (
                        "(sum(increase(techrescue_notify_cost_vnd_total[24h])) or vector(0)) / "
                        'clamp_min(sum(increase(techrescue_notify_messages_total{outcome="submitted"}[24h])), 1)'
                    ),
                    "a message",
                ),
            ],
            kind="stat",
        ),
        Panel(
            "Sends by provider",
            "Down and skipped: it is away. Unknown: it did not answer.",
            "ops",
            [("sum by (dependency, outcome) (rate(techrescue_notify_sends_total[5m]))", "{{dependency}} {{outcome}}")],
        ),
        Panel(
            "Providers: time to hand over, P99",
            "Of one send, over ten minutes.",
            "s",
            [(p99("le, dependency", "techrescue_notify_send_seconds_bucket"), "{{dependency}}")],
        ),
        Panel(
            "Receipts",
            "Doubled or forged ones change nothing. None while messages leave: the callback address is wrong.",
            "ops",
            [("sum by (outcome) (rate(techrescue_notify_receipts_total[5m]))", "{{outcome}}")],
        ),
        Panel(
            "Texts of people",
            "Reply: answered a question. Passed on: an operator reads it. Asked back: not clear which question.",
            "short",
            [("sum by (outcome) (increase(techrescue_notify_inbound_texts_total[1h]))", "{{outcome}}")],
        ),
        Panel(
            "Held back or refused by limits",
            "By why; delayed ones leave later.",
            "short",
            [
                (
                    "sum by (reason, outcome) (increase(techrescue_notify_denied_messages_total[1h])) or vector(0)",
                    "{{reason}} {{outcome}}",
                )
            ],
        ),
        Panel(
            "Calls",
            "Requested, taken, done, dropped, raised to the city desk, within an hour.",
            "short",
            [("sum by (outcome) (increase(techrescue_notify_calls_total[1h])) or vector(0)", "{{outcome}}")],
        ),
    ],
)
