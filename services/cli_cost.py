"""`techrescue cost`: what messages cost, in Vietnamese đồng; whose price nobody has set is said, for it counts as nothing."""

import asyncio
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.table import Table

from services.audit.cost import Costs, RouteCost, Today, read_costs
from services.cli_output import AsJson, console, dong, print_json
from services.home import database_of
from services.settings import Settings, read_settings, variable
from services.text_providers import PRICES
from shared.geo.communes import COMMUNES

PRICED: Final = {**PRICES, "zalo": "zalo_cost_vnd", "zns": "zalo_zns_cost_vnd"}  # Telegram, web push and mail cost nothing
SIMULATED: Final = "simulated"

app = typer.Typer()


@app.command()
def cost(
    days: Annotated[int, typer.Option(min=1, max=366, help="Of the last so many days.")] = 30,
    as_json: AsJson = False,
) -> None:
    """What messages cost: by provider, and for each message, request and accepted job. What a provider asks for is a setting."""
    settings = read_settings()
    budgets = {"budget_vnd": settings.budget_day_vnd, "commune_budget_vnd": settings.budget_commune_day_vnd}
    with database_of(settings) as dsn:
        found = asyncio.run(read_costs(dsn, days, **budgets))
    unpriced = _unpriced(found.routes, settings)
    if as_json:
        print_json({**asdict(found), "unpriced": unpriced})
        return
    if found.routes:
        _print_routes(found)
    else:
        console.print(f"Không gửi tin nào trong {days} ngày. (Nothing was sent in {days} days.)")
    for carrier in unpriced:
        name = variable(PRICED[carrier])
        console.print(f"Chưa đặt giá của {carrier}: tin gửi qua đó tính 0 đồng. (No price is set: {name}.)", style="yellow")
    if any(route.carrier.startswith(SIMULATED) for route in found.routes):
        console.print("Mạng mô phỏng không có giá, tính 0 đồng. (The simulated carrier has no price.)")
    _print_today(found.today)


def _unpriced(routes: Iterable[RouteCost], settings: Settings) -> list[str]:
    """Providers that have carried something, and whose price is not known. Telegram and mail have none to know."""
    return [
        name
        for name in dict.fromkeys(route.carrier for route in routes if route.vnd == 0)
        if name in PRICED and getattr(settings, PRICED[name]) == 0
    ]


def _print_routes(found: Costs) -> None:
    table = Table("nhà cung cấp", "kênh", box=None, pad_edge=False)
    for name in ("lần gửi", "chi phí"):
        table.add_column(name, justify="right")
    for route in found.routes:
        table.add_row(route.carrier, route.channel, str(route.attempts), dong(route.vnd))
    console.print(table)
    console.print(f"{found.days} ngày qua: {dong(found.vnd)}")
    for count, what, each in (
        (found.messages, "tin nhắn", found.vnd_per_message),
        (found.requests, "yêu cầu", found.vnd_per_request),
        (found.accepted_jobs, "việc có người nhận", found.vnd_per_accepted_job),
    ):
        console.print(f"  {count} {what}" + (f", mỗi {what} {dong(each)}" if each else ""))


def _print_today(today: Today) -> None:
    console.print(f"Hôm nay: {dong(today.vnd)}{_of(today.vnd, today.budget_vnd)}")
    if today.commune_code is not None:
        place = COMMUNES.by_code(today.commune_code)
        spent = f"{dong(today.commune_vnd)}{_of(today.commune_vnd, today.commune_budget_vnd)}"
        console.print(f"  nhiều nhất: {place.name if place else ''} ({today.commune_code}), {spent}")


def _of(spent: int, budget: int) -> str:
    return f" trên ngân sách {dong(budget)} ({spent / budget:.0%})" if budget else ", chưa đặt ngân sách"
