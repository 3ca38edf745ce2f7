"""How events flow: outboxes, consumers, dead letters, timers, doors."""

from typing import Final

from scripts.dashboards.panels import Dashboard, Panel, count, p99

PIPELINE: Final = Dashboard(
    uid="techrescue-pipeline",
    title="Đường ống / Pipeline",
    about=(
        "Sự kiện đi tới đâu, có gì kẹt không. / Outboxes, consumers, dead letters, lanes, timers and doors. "
        "What to do about each: docs/operations.md."
    ),
    panels=[
        count("Processes", "That answer.", 'sum(up{job="techrescue"})'),
        count("Away", "Processes that do not answer.", 'count(up{job="techrescue"} == 0) or vector(0)', danger=1),
        count(
            "Dead letters, 24 h",
            "Each blocks its one request. techrescue dead-letters list",
            'round(sum(increase(techrescue_consumer_events_total{outcome="dead"}[24h])))',
            danger=1,
        ),
        count("Breakers", "Consumers that have stopped.", "sum(techrescue_consumer_tripped_breakers)", danger=1),
        count("Outboxes with an owner", "One process publishes each.", "sum(techrescue_relay_owner_processes)", danger=-3),
        count(
            "Budget left, worst",
            "Of the month's budget of the objective that has least of it; below 0: used up.",
            "min(slo:period_error_budget_remaining:ratio >= -1000) or vector(1)",
            unit="percentunit",
            danger=-0.1,
        ),
        count(
            "Auditor: last look",
            "Seconds since somebody proved that nothing is lost.",
            "time() - max(techrescue_audit_last_run_timestamp_seconds > 0)",
            unit="s",
            danger=120,
        ),
        count(
            "Auditor: findings",
            "Lost, doubled or stuck: techrescue check prints the rows.",
            "sum(max by (kind) (techrescue_audit_findings))",
            danger=1,
        ),
        Panel(
            "Outboxes: oldest event that waits",
            "Grows while Kafka is away; intake goes on accepting.",
            "s",
            [("max by (context) (techrescue_relay_oldest_unpublished_age_seconds)", "{{context}}")],
        ),
        Panel(
            "Consumers: events that wait",
            "On the lanes of all processes.",
            "short",
            [("sum by (context) (techrescue_consumer_lag_events)", "{{context}}")],
        ),
        Panel(
            "Lanes",
            "Partitions that are worked on, by consumer. Fewer than 24 a topic: nobody works on some.",
            "short",
            [("sum by (context) (techrescue_consumer_lanes_owned)", "{{context}}")],
        ),
        Panel(
            "Events a second",
            "Handled and published.",
            "ops",
            [
                ('sum by (context) (rate(techrescue_consumer_events_total{outcome="handled"}[1m]))', "{{context}} handled"),
                ("sum by (context) (rate(techrescue_relay_events_total[1m]))", "{{context}} published"),
            ],
        ),
        Panel(
            "Dead letters and what waits behind them",
            "Of the last hour.",
            "short",
            [
                (
                    'sum by (context, outcome) (increase(techrescue_consumer_events_total{outcome=~"dead|parked"}[1h]))',
                    "{{context}} {{outcome}}",
                )
            ],
        ),
        Panel(
            "Handlers, P99",
            "Of one call with its batch, over ten minutes.",
            "s",
            [(p99("le, context", "techrescue_consumer_handler_seconds_bucket"), "{{context}}")],
        ),
        Panel(
            "Calls of handlers that come again",
            "By why: a conflict, a dependency that is away, something unknown, one by one.",
            "short",
            [("sum by (outcome) (increase(techrescue_consumer_retries_total[1h]))", "{{outcome}}")],
        ),
        Panel(
            "Acknowledgements",
            "Lost: the lane belongs to somebody else by now, who reads again.",
            "ops",
            [("sum by (outcome) (rate(techrescue_consumer_acks_total[5m]))", "{{outcome}}")],
        ),
        Panel(
            "Timers: from due to done, P99",
            "Offers end, leads are asked, residents are told by timers.",
            "s",
            [(p99("le, context", "techrescue_timer_late_seconds_bucket"), "{{context}}")],
        ),
        Panel(
            "HTTP answers",
            "By status; 0: the caller hung up.",
            "ops",
            [("sum by (status) (rate(techrescue_http_requests_total[5m]))", "{{status}}")],
        ),
        Panel(
            "Filing, P99",
            "Time to the 202 of a request.",
            "s",
            [(p99("le", 'techrescue_http_request_seconds_bucket{method="POST",route="/v1/requests"}'), "P99")],
        ),
        Panel(
            "Memory",
            "Of each process.",
            "bytes",
            [('process_resident_memory_bytes{job="techrescue"}', "{{instance}}")],
        ),
    ],
)
