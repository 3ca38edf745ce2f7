"""`techrescue drill`: once a month every phone of the roster is tried. The rules: dispatch/roster/drill.py."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated, Any, Final

import asyncpg
import typer

from dispatch.roster import drills
from dispatch.roster.drill import DrillStatus, Rules
from dispatch.roster.drills import Plan
from notify.purpose import Purpose
from notify.sms_text import count_parts
from notify.templates import render
from services.cli_database import in_context
from services.cli_output import AsJson, console, dong, print_json
from services.settings import read_settings
from services.text_providers import sms_price_vnd
from shared.errors import NotFound, Refused
from shared.geo.communes import COMMUNES

WORDS_VI: Final = {
    "planned": "chưa hỏi",
    "asked": "đang chờ trả lời",
    "answered": "đã trả lời",
    "silent": "không trả lời, tạm không giao việc",
    "spared": "không trả lời, chưa loại vì quá nhiều người cùng im lặng",
    "unsent": "tin không đến vì phía hệ thống, không tính",
    "over": "không tính",
}
_LONGEST: Final = {"month": "12", "question": "27", "until": "17:00 thứ Hai 24/11"}

Days = Annotated[int, typer.Option("--days", min=1, max=20, help="Over how many working days the questions are spread.")]
Percent = Annotated[int, typer.Option("--percent", min=0, max=50, help="How many of a commune's phones drills take out at most.")]

RULES: Final = Rules()
PERCENT: Final = round(RULES.most_out * 100)

app = typer.Typer(help="Are the phones of the roster answered? One short question a month to each, without any job.")


@app.callback(invoke_without_command=True)
def drill(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Whom it would ask, when, and what it would cost.")] = False,
    days: Days = RULES.days,
    vnd: Annotated[int | None, typer.Option("--vnd", min=0, help="What a part of an SMS costs; else what is set.")] = None,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if not dry_run:
        raise typer.BadParameter("say --dry-run, or start, status or stop")
    found = _in_dispatch(lambda pool, city: drills.plan(pool, city, Rules(days=days)))
    price = sms_price_vnd(read_settings()) if vnd is None else vnd
    parts = sum(phones * parts_of(language) for language, phones in found.languages.items())
    if as_json:
        print_json({**asdict(found), "phones": found.phones, "parts": parts, "vnd": parts * price})
    else:
        _print_plan(found, parts, price)


@app.command()
def start(days: Days = RULES.days, percent: Percent = PERCENT, as_json: AsJson = False) -> None:
    """Begin the drill of this month, or go on with it. Again changes nothing: a cron job may say it every day."""
    rules = Rules(days=days, most_out=percent / 100)
    _print_status(_in_dispatch(lambda pool, city: drills.start(pool, city, rules)), as_json=as_json)


@app.command()
def status(
    commune: Annotated[str | None, typer.Option(help="Only those of this commune, by its code of five digits.")] = None,
    as_json: AsJson = False,
) -> None:
    """How many have answered, and over what; who has not is out until they answer anything. Exit 2: there was no drill yet."""

    async def read(pool: asyncpg.Pool, city: str) -> dict[str, Any]:
        found = await drills.status(pool, city)
        return {**found, "silent": await drills.silent(pool, found["id"], commune)}

    _print_status(_in_dispatch(read), as_json=as_json)


@app.command()
def stop(as_json: AsJson = False) -> None:
    """Ask nobody more. Who has not answered yet is not counted out; `start` goes on within the month."""
    _print_status(_in_dispatch(drills.stop), as_json=as_json)


def parts_of(language: str) -> int:
    """Of the longest question, as it is sent."""
    return count_parts(render(Purpose.DRILL, language, _LONGEST))


def _in_dispatch(work: Callable[[asyncpg.Pool, str], Awaitable[Any]]) -> Any:
    settings = read_settings()

    try:
        return in_context(settings, "dispatch", lambda pool: work(pool, settings.city))
    except NotFound:
        raise Refused("no_drill", "there was none yet; look at `drill --dry-run`, then `drill start`") from None


def _print_plan(found: Plan, parts: int, vnd: int) -> None:
    if found.known:
        console.print(f"Tháng {found.month:%m/%Y} đã có một đợt thử liên lạc ({found.known}): `techrescue drill status`.")
        goes_on = "hỏi tiếp những số chưa được hỏi" if found.known == DrillStatus.STOPPED else "không đổi gì"
        console.print(f"`techrescue drill start` {goes_on}.")
        return
    channels = ", ".join(f"{name} {phones}" for name, phones in sorted(found.channels.items()))
    console.print(f"Sẽ hỏi {found.phones} số của {len(found.communes)} phường, xã ({channels or 'không có số nào'}).")
    for day, phones in found.days:
        console.print(f"  {day:%d/%m/%Y}: {phones} số, từ 9 đến 17 giờ")
    if vnd == 0:
        unknown = "Chưa có giá một phần tin nhắn: --vnd, hoặc đặt giá của nhà cung cấp (docs/settings.md)."
        console.print(f"{parts} phần tin nhắn nếu tất cả đi bằng SMS. {unknown}")
    else:
        console.print(f"Chi phí: {parts} phần tin nhắn × {dong(vnd)} = {dong(parts * vnd)} nếu tất cả đi bằng SMS.")
    for code, phones in sorted(found.communes.items(), key=lambda item: -item[1])[:5]:
        place = COMMUNES.by_code(code)
        console.print(f"  {place.name if place else code}: {phones}")


def _print_status(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    pace = f"{found['phones']} số, mỗi ngày {found['a_day']}"
    console.print(f"Đợt thử liên lạc tháng {found['month']:%m/%Y}: {found['status']}, {pace}")
    for name, phones in sorted(found["counts"].items()):
        console.print(f"  {WORDS_VI[name]} ({name}): {phones}")
    for over, phones in sorted(found["answered_over"].items()):
        console.print(f"  trả lời qua {over}: {phones}")
    for row in found.get("silent", ()):
        console.print(f"  {row['commune_code']}  {row['external_id']}  {WORDS_VI[row['status']]}", markup=False)
