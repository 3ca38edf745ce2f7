"""Who goes: the queue, offers and answers, how fairly work is spread, where nobody is on shift."""

from typing import Final

from scripts.dashboards.panels import Dashboard, Panel


def p90(stage: str) -> str:
    bucket = f'techrescue_notify_sla_stage_seconds_bucket{{stage="{stage}"}}'
    return f"histogram_quantile(0.9, max by (le, priority) (increase({bucket}[1h])))"


DISPATCH: Final = Dashboard(
    uid="techrescue-dispatch",
    title="Điều phối / Dispatch",
    about=(
        "Hàng chờ, lời mời và câu trả lời, chia việc có đều không, nơi nào thiếu người trực. / "
        "Queue, offers and answers, fairness, coverage. Times run on the clock of the tier; without traffic they are empty."
    ),
    panels=[
        Panel(
            "Queue",
            "Jobs that nobody has accepted, by priority.",
            "short",
            [
                (
                    'sum by (priority) (max by (priority, status) (techrescue_dispatch_open_jobs{status=~"pending|offered"}))',
                    "{{priority}}",
                )
            ],
        ),
        Panel(
            "Longest wait",
            "Since when the longest waits for somebody; jobs that stand still by somebody's wish do not wait.",
            "s",
            [("max by (priority) (techrescue_dispatch_oldest_waiting_job_age_seconds)", "{{priority}}")],
        ),
        Panel(
            "Offers that ended, last hour",
            "Accepted, declined, expired (nobody answered), withdrawn (another was faster), undeliverable.",
            "short",
            [("max by (outcome) (techrescue_dispatch_ended_offers)", "{{outcome}}")],
        ),
        Panel(
            "Acceptance, last hour",
            "Of the offers that ended with an answer or none, the share that was accepted. 0 when none ended.",
            "percentunit",
            [
                (
                    (
                        'max(techrescue_dispatch_ended_offers{outcome="accepted"}) / clamp_min(sum(max by (outcome) '
                        '(techrescue_dispatch_ended_offers{outcome=~"accepted|declined|expired|undeliverable"})), 1)'
                    ),
                    "accepted",
                )
            ],
        ),
        Panel("Filed to first offer, P90", "Of the last hour.", "s", [(p90("offered"), "{{priority}}")]),
        Panel("Filed to accepted, P90", "Of the last hour.", "s", [(p90("accepted"), "{{priority}}")]),
        Panel("Filed to helper there, P90", "Of the last hour.", "s", [(p90("on_scene"), "{{priority}}")]),
        Panel(
            "Promises kept, by stage and priority",
            "Share since the beginning. The objective is 90 %.",
            "percentunit",
            [
                (
                    (
                        'techrescue:slo_good:total{sloth_service="promises"} / '
                        '(techrescue:slo_good:total{sloth_service="promises"} + techrescue:slo_bad:total > 0)'
                    ),
                    "{{priority}} {{stage}}",
                )
            ],
            kind="bargauge",
            danger=-0.9,
        ),
        Panel(
            "Given back",
            "Accepted jobs that were released, within 24 hours.",
            "short",
            [("max by (priority) (increase(techrescue_notify_sla_releases_total[24h]))", "{{priority}}")],
        ),
        Panel(
            "Fairness: visits of the busiest",
            "The most visits that one has accepted today, by kind, and the mean of those who have any.",
            "short",
            [
                ("max by (kind) (techrescue_dispatch_most_accepted_visits)", "{{kind}}: most"),
                (
                    (
                        "max by (kind) (techrescue_dispatch_accepted_visits) / "
                        "clamp_min(max by (kind) (techrescue_dispatch_working_responders), 1)"
                    ),
                    "{{kind}}: mean",
                ),
            ],
        ),
        Panel(
            "People at work today",
            "Who is on shift now and can be asked, and who has accepted a visit today.",
            "short",
            [
                ("max by (kind) (techrescue_dispatch_on_shift_responders)", "{{kind}}: on shift"),
                ("max by (kind) (techrescue_dispatch_working_responders)", "{{kind}}: with a visit"),
            ],
        ),
        Panel(
            "Coverage: hours with nobody",
            "Of the next 7 days, added up over the communes, by skill. `techrescue coverage --skill S` says where.",
            "h",
            [("max by (skill) (techrescue_dispatch_coverage_gap_hours)", "{{skill}}")],
        ),
        Panel(
            "Roster: people to ring or correct",
            "`techrescue roster-quality` is the list.",
            "short",
            [("max by (kind) (techrescue_dispatch_roster_findings)", "{{kind}}")],
            kind="bargauge",
        ),
        Panel(
            "By phone: what became of it",
            "Jobs of the last 7 days that were tried by phone first.",
            "short",
            [("max by (category, outcome) (techrescue_dispatch_remote_jobs) > 0 or vector(0)", "{{category}} {{outcome}}")],
            kind="bargauge",
        ),
    ],
)
