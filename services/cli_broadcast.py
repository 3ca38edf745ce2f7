"""`techrescue broadcast`: one text to thousands. Counted first, told when somebody starts it. The rules: notify/broadcasts."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import typer
from pydantic import ValidationError

from notify.broadcasts.broadcast import BroadcastKind, Order
from notify.broadcasts.desk import Broadcasts
from notify.broadcasts.forms import BroadcastForm
from notify.broadcasts.words import Template
from notify.settings import NotifySettings
from services.cli_database import in_context
from services.cli_output import AsJson, console, dong, print_json
from services.settings import read_settings
from services.text_providers import sms_price_vnd
from shared.errors import Invalid
from shared.postgres.transaction import app_now, reading

ACTOR: Final = "command"  # in the audit: whoever may type it may read the database
LOOK_SECONDS: Final = 0.5
PATIENCE: Final = 120  # looks: dispatch names thousands in some seconds, when it runs
WORDS_VI: Final = {
    "waiting": "chờ đến lượt",
    "on_the_way": "đang gửi",
    "sent": "nhà mạng đã nhận",
    "delivered": "đã đến máy",
    "unknown": "chưa rõ",
    "failed": "không đến",
    "skipped": "không gửi",
}
Many = list[str] | None
Id = Annotated[UUID, typer.Argument(help="Of the broadcast, as --dry-run said it.")]

app = typer.Typer(help="One text to thousands: an outage, a session, the campaign.")


@app.callback(invoke_without_command=True)
def broadcast(  # noqa: PLR0917 - the options of a command
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make it, and say whom it would reach and at what price.")] = False,
    kind: Annotated[BroadcastKind, typer.Option(help="What it is about.")] = BroadcastKind.OUTAGE,
    who: Annotated[str, typer.Option(help="responders, residents or leads.")] = "responders",
    commune: Annotated[Many, typer.Option(help="Only of this commune; several times for several.")] = None,
    responder: Annotated[Many, typer.Option(help="Only this kind of responder: team, volunteer, engineer, mobile_point.")] = None,
    category: Annotated[Many, typer.Option(help="Only residents whose open request is about this.")] = None,
    on_duty: Annotated[bool, typer.Option("--on-duty", help="Only responders whose shift runs now.")] = False,
    template: Annotated[Template | None, typer.Option(help="Words that are ready; with --field.")] = None,
    field: Annotated[Many, typer.Option(help="NAME=TEXT of the template.")] = None,
    vi: Annotated[str, typer.Option(help="Or free words: in Vietnamese …")] = "",
    en: Annotated[str, typer.Option(help="… and in English.")] = "",
    hours: Annotated[float, typer.Option(min=0.1, max=24 * 14, help="For how long it is worth anything.")] = 6,
    vnd: Annotated[int | None, typer.Option(min=0, help="What a part of an SMS costs; else what is set.")] = None,
    per_second: Annotated[int | None, typer.Option(min=1, help="Slower than all broadcasts may.")] = None,
    as_json: AsJson = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    if not dry_run:
        raise typer.BadParameter("say --dry-run, or start, status, pause, resume or stop")
    _check_words(template, field or [], vi + en)
    audience = {"who": who, "communes": commune or [], "kinds": responder or [], "categories": category or [], "on_duty": on_duty}
    said = {"template": template, "fields": _fields(field or [])} if template else {"text": {"vi": vi, "en": en}}
    form = {"kind": kind, "audience": audience, **said, "per_second": per_second, "dry_run": True}
    found = _in_notify(lambda broadcasts, pool: _made(broadcasts, pool, form, hours))
    _print(found if vnd is None else {**found, "vnd": found["parts"] * vnd}, as_json=as_json)


@app.command()
def start(id: Id, as_json: AsJson = False) -> None:  # noqa: A002 - it is one
    """Tell them. What is running already goes on; what somebody has paused is resumed, not started."""
    _print(_moved(id, Order.START), as_json=as_json)


@app.command()
def pause(id: Id, as_json: AsJson = False) -> None:  # noqa: A002 - same
    """Nobody more is told, until it is resumed."""
    _print(_moved(id, Order.PAUSE), as_json=as_json)


@app.command()
def resume(id: Id, as_json: AsJson = False) -> None:  # noqa: A002 - same
    """Go on with those who have not been told."""
    _print(_moved(id, Order.RESUME), as_json=as_json)


@app.command()
def stop(id: Id, as_json: AsJson = False) -> None:  # noqa: A002 - same
    """For good."""
    _print(_moved(id, Order.STOP), as_json=as_json)


@app.command()
def status(
    id: Annotated[UUID | None, typer.Argument(help="Of one; without it the newest are listed.")] = None,  # noqa: A002 - same
    as_json: AsJson = False,
) -> None:
    """How it stands: who waits, who has it, who was left out and why."""
    if id is not None:
        _print(_in_notify(lambda broadcasts, _: broadcasts.show(id)), as_json=as_json)
        return
    for found in _in_notify(lambda broadcasts, _: broadcasts.list()):
        if as_json:
            print_json(found)
        else:
            console.print(f"{found['id']}  {found['kind']}  {found['status']}  {found['text']['vi']}", markup=False)


async def _made(broadcasts: Broadcasts, pool: asyncpg.Pool, form: dict[str, Any], hours: float) -> dict[str, Any]:
    async with reading(pool) as connection:
        until = await app_now(connection) + timedelta(hours=hours)
    made = await broadcasts.make(_form({**form, "not_after": until}).checked(), ACTOR)
    return await _gathered(broadcasts, made["id"])


def _moved(broadcast_id: UUID, order: Order) -> dict[str, Any]:
    found: dict[str, Any] = _in_notify(lambda broadcasts, _: broadcasts.move(broadcast_id, order, ACTOR))
    return found


def _in_notify(work: Callable[[Broadcasts, asyncpg.Pool], Awaitable[Any]]) -> Any:
    settings = read_settings()

    rules = NotifySettings(city=settings.city, broadcast_per_second=settings.broadcast_per_second)
    price = sms_price_vnd(settings)
    return in_context(settings, "notify", lambda pool: work(Broadcasts(pool, rules, price_vnd=price), pool))


async def _gathered(broadcasts: Broadcasts, broadcast_id: UUID) -> dict[str, Any]:
    """Dispatch names the people; when nothing runs, nobody does."""
    found = await broadcasts.show(broadcast_id)
    for _ in range(PATIENCE):
        if found["gathered"]:
            break
        await asyncio.sleep(LOOK_SECONDS)
        found = await broadcasts.show(broadcast_id)
    return found


def _form(form: dict[str, Any]) -> BroadcastForm:
    try:
        return BroadcastForm.model_validate(form)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise Invalid(".".join(map(str, first["loc"])), first["msg"]) from None


def _fields(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    return {name: value for name, _, value in pairs}


def _check_words(template: Template | None, fields: list[str], free: str) -> None:
    if template and free:
        raise typer.BadParameter("--template has its words: it does not go together with --vi and --en")
    if fields and not template:
        raise typer.BadParameter("--field belongs to a --template")


def _lasts(minutes: float) -> str:
    return f"khoảng {minutes:.0f} phút" if minutes >= 1 else "dưới 1 phút"


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    console.print(f"{found['id']}: {found['kind']}, {found['status']}", markup=False)
    console.print(found["text"]["vi"], markup=False)
    console.print(found["text"]["en"], markup=False)
    if not found["gathered"]:
        console.print("Chưa đếm xong người nhận: xem lại bằng `techrescue broadcast status`.", markup=False)
    if unknown := found["audience"].get("unknown"):
        named = ", ".join(found["audience"]["unknown_ids"])
        console.print(f"Không biết {unknown} người trong danh sách (unknown ids): {named}.", markup=False)
    money = f", {dong(found['vnd'])}" if found["vnd"] else ", chưa có giá"
    console.print(f"{found['people']} người, {found['parts']} phần tin nhắn{money}, {_lasts(found['minutes'])}.", markup=False)
    for name, words in WORDS_VI.items():
        count = found["counts"][name]
        reasons = (
            ", ".join(f"{reason} {people}" for reason, people in sorted(count.items())) if isinstance(count, dict) else count
        )
        if count:
            console.print(f"  {words} ({name}): {reasons}", markup=False)
