"""Whether some are helped later than others: people in need of more, and communes."""

from typing import Final

from scripts.dashboards.panels import Dashboard, Panel


def share(group: str) -> str:
    """Of its decided promises, those that were kept; every notify process shows the same."""
    of = f'techrescue_notify_equity_promises{{group="{group}"'
    return f'max by (stage) ({of},outcome="kept"}}) / clamp_min(sum by (stage) (max by (stage, outcome) ({of}}})), 1)'


EQUITY: Final = Dashboard(
    uid="techrescue-equity",
    title="Công bằng / Equity",
    about=(
        "Người yếu thế và từng phường, xã có được giúp đúng hạn như nhau không: việc của bảy ngày qua. / "
        "Whether the vulnerable and each commune are helped in time like all others: rounds of the last 7 days. "
        "Counts below five are not shown, nor what they would follow from."
    ),
    panels=[
        Panel(
            "Kept in time: vulnerable and others",
            "Share of the promises that are decided, by stage. 0 where none is; without a stage of which few are kept or missed.",
            "percentunit",
            [
                (
                    (
                        'max by (group, stage) (techrescue_notify_equity_promises{outcome="kept"}) / '
                        "clamp_min(sum by (group, stage) (max by (group, stage, outcome) (techrescue_notify_equity_promises)), 1)"
                    ),
                    "{{group}} {{stage}}",
                )
            ],
            kind="bargauge",
            wide=12,
            danger=-0.9,
        ),
        Panel(
            "How many that is",
            "Promises that are decided, by group and stage. Of few nothing follows.",
            "short",
            [
                (
                    "sum by (group, stage) (max by (group, stage, outcome) (techrescue_notify_equity_promises))",
                    "{{group}} {{stage}}",
                )
            ],
            kind="bargauge",
            wide=12,
        ),
        Panel(
            "Difference: others minus vulnerable",
            "Above 0 the vulnerable are behind.",
            "percentunit",
            [
                (
                    f"{share('others')} - {share('vulnerable')}",
                    "{{stage}}",
                )
            ],
            wide=12,
        ),
        Panel(
            "Communes with most missed",
            "Jobs that nobody accepted in time; counts below five are not shown.",
            "short",
            [('topk(10, max by (commune) (techrescue_notify_commune_promises{outcome="missed"}))', "{{commune}}")],
            kind="bargauge",
            wide=12,
        ),
        Panel(
            "Communes with most requests",
            "Rounds of the last 7 days whose promise to be accepted is decided; counts below five are left out.",
            "short",
            [("topk(10, sum by (commune) (max by (commune, outcome) (techrescue_notify_commune_promises)))", "{{commune}}")],
            kind="bargauge",
            wide=12,
        ),
        Panel(
            "Communes with nobody for hours",
            "Hours of the next 7 days without anybody of a skill, over all communes. `techrescue coverage` says which.",
            "h",
            [("max by (skill) (techrescue_dispatch_coverage_gap_hours)", "{{skill}}")],
            wide=12,
        ),
    ],
)
