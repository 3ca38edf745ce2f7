"""`techrescue coverage`: where nobody will be there in the next days, as tables. A gap: dispatch/shifts/coverage.py."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dispatch.shifts.coverage import ENGINEER, Coverage, Gap
from dispatch.shifts.coverage_rows import DAYS, MOST_DAYS, coverage_view, read_coverage
from dispatch.shifts.shift import LOCAL
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.settings import read_settings
from shared.categories import skill_names
from shared.geo.communes import COMMUNES

MOST_LINES: Final = 60
MOST_NAMES: Final = 12
WEEKDAYS: Final = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")

app = typer.Typer()


@app.command()
def coverage(
    days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="How far ahead.")] = DAYS,
    skill: Annotated[str | None, typer.Option(help="Only this skill.")] = None,
    commune: Annotated[str | None, typer.Option(help="Only this commune, by its code of five digits.")] = None,
    as_json: AsJson = False,
) -> None:
    """Where and when nobody able is on shift in the next days; of one skill or one commune, each gap."""
    settings, told = read_settings(), Console(stderr=True)

    async def run(pool: asyncpg.Pool) -> Coverage:
        with Progress(console=told, transient=True, disable=as_json or not told.is_terminal) as progress:
            bar = progress.add_task("Đang xem các ca trực", total=None)
            return await read_coverage(
                pool,
                settings.city,
                days=days,
                skill=skill,
                commune_code=commune,
                read=lambda done, total: progress.update(bar, completed=done, total=total),
            )

    found = in_context(settings, "dispatch", run)
    if as_json:
        print_json(coverage_view(found))
        return
    _print_skills(found, skill)
    if skill or commune:
        _print_gaps([gap for gap in found.gaps if gap.need != ENGINEER])
    _print_engineers(found)


def _print_skills(found: Coverage, skill: str | None) -> None:
    console.print(f"[bold]Từ {_local(found.since)} đến {_local(found.until)}[/], {len(found.commune_codes)} phường, xã")
    table = Table("kỹ năng", "giờ trống", "phường, xã có giờ trống", box=None, pad_edge=False)
    for name, hours in found.gap_hours().items():
        if skill in {None, name}:
            places = len({gap.commune_code for gap in found.gaps if gap.need == name})
            table.add_row(f"{skill_names(name)['vi']} ({name})", f"{hours:.1f}", str(places))
    console.print(table)


def _print_gaps(gaps: list[Gap]) -> None:
    if not gaps:
        console.print("[green]Giờ nào cũng có người.[/]")
        return
    table = Table("phường, xã", "kỹ năng", "không có ai từ", "đến", "giờ", box=None, pad_edge=False)
    for gap in gaps[:MOST_LINES]:
        where, what = _named([gap.commune_code]), skill_names(gap.need)["vi"]
        table.add_row(where, what, _local(gap.starts_at), _local(gap.ends_at), f"{gap.hours:.1f}")
    console.print(table)
    if len(gaps) > MOST_LINES:
        console.print(f"… và {len(gaps) - MOST_LINES} khoảng nữa; --json có tất cả")


def _print_engineers(found: Coverage) -> None:
    """Of a whole city without one nobody reads 126 names."""
    missing, all_of_them = found.without_engineer(), len(found.commune_codes)
    if not missing:
        console.print("[green]Phường, xã nào cũng có kỹ sư trực.[/]" if all_of_them > 1 else "[green]Có kỹ sư trực.[/]")
        return
    more = len(missing) - MOST_NAMES
    rest = f" … và {more} nơi nữa; --json có tất cả" if more > 0 else ""
    console.print(
        f"[red]{len(missing)}/{all_of_them} phường, xã không có kỹ sư nào trực:[/] {_named(missing[:MOST_NAMES])}{rest}"
    )


def _named(codes: Iterable[str]) -> str:
    return ", ".join(commune.name for commune in map(COMMUNES.by_code, codes) if commune)


def _local(at: datetime) -> str:
    there = at.astimezone(LOCAL)
    return f"{WEEKDAYS[there.weekday()]} {there:%d/%m %H:%M}"
