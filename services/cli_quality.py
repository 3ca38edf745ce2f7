"""`techrescue roster-quality`: what is wrong with the roster, as a list to work off. The rules: dispatch/roster/quality.py."""

from collections import Counter
from typing import Annotated, Final

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from dispatch.roster.quality import TO_DO, Finding, Line
from dispatch.roster.quality_rows import line_view, read_quality
from services.cli_database import in_context
from services.cli_output import AsJson, console, print_json
from services.home import master_key_of
from services.settings import read_settings
from shared.geo.communes import COMMUNES
from shared.security.vault import Vault

WORDS_VI: Final = {
    Finding.PHONE_NOT_CONFIRMED: "chưa xác nhận số",
    Finding.NO_CHANNEL: "không có kênh liên lạc",
    Finding.COMPLAINED_OF: "bị phàn nàn",
    Finding.PHONE_UNREACHABLE: "không liên lạc được",
    Finding.PHONE_STOPPED: "không muốn nhận tin",
    Finding.NEVER_ANSWERED: "chưa từng trả lời",
    Finding.PHONE_SILENT: "lâu không trả lời",
    Finding.PROBABLE_DOUBLE: "có thể ghi hai lần",
    Finding.SHARED_PHONE: "dùng chung số",
    Finding.NO_VETTED_MEMBER: "chưa có thành viên được xác minh",
    Finding.NO_SHIFT: "không có ca trực trong 7 ngày",
}

app = typer.Typer()


@app.command("roster-quality")
def roster_quality(
    commune: Annotated[str | None, typer.Option(help="Only this commune, by its code of five digits: then each line.")] = None,
    as_json: AsJson = False,
) -> None:
    """What is wrong with the roster, and what to do about it: of one commune each line, of the city how many."""
    settings, told = read_settings(), Console(stderr=True)

    async def run(pool: asyncpg.Pool) -> list[Line]:
        with Progress(console=told, transient=True, disable=as_json or not told.is_terminal) as progress:
            bar = progress.add_task("Đang xem danh sách", total=None)
            return await read_quality(
                pool,
                Vault(master_key_of(settings)),
                settings.city,
                commune_code=commune,
                read=lambda done, total: progress.update(bar, completed=done, total=total),
            )

    lines = in_context(settings, "dispatch", run)
    if as_json:
        for line in lines:
            print_json(line_view(line))
    elif not lines:
        console.print("[green]Danh sách không có gì phải sửa.[/]")
    elif commune:
        _print_lines(lines)
    else:
        _print_counts(lines)


def _print_lines(lines: list[Line]) -> None:
    """One piece of advice a finding, then whom it is about."""
    for finding in Finding:
        found = [line for line in lines if line.finding is finding]
        if found:
            vi, en = TO_DO[finding]
            console.print(f"[bold]{WORDS_VI[finding]}[/] ({finding}): {vi} {en}")
            for line in found:
                console.print(f"  {_told(line)}", markup=False)


def _told(line: Line) -> str:
    more = [f"{line.days} ngày"] if line.days is not None else []
    more += [f"{line.count} lần"] if line.finding in {Finding.NEVER_ANSWERED, Finding.COMPLAINED_OF} else []
    more += [f"cùng {', '.join(line.others)}"] if line.others else []
    return " · ".join([line.responder, *more])


def _print_counts(lines: list[Line]) -> None:
    table = Table("việc cần sửa", "người, tổ", "phường, xã nhiều nhất", box=None, pad_edge=False)
    for finding in Finding:
        communes = Counter(line.commune_code for line in lines if line.finding is finding)
        if communes:
            code, most = communes.most_common(1)[0]
            place = COMMUNES.by_code(code)
            table.add_row(f"{WORDS_VI[finding]} ({finding})", str(communes.total()), f"{place.name if place else code}: {most}")
    console.print(table)
    console.print("Từng dòng của một phường, xã: techrescue roster-quality --commune MÃ")
