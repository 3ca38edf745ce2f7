"""Commands about the system as a whole: migrate, check, case, asyncapi, settings, crash-points."""

import asyncio
from datetime import datetime
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.markup import escape

from services.audit.case import Case, Entry, read_case
from services.audit.check import Verdict
from services.audit.check import check as judge
from services.cli_output import AsJson, console, print_json
from services.home import database_of
from services.reference import metrics_document, settings_document
from services.settings import Settings, read_settings, variable
from services.yaml_text import to_yaml
from shared.crash import all_points
from shared.errors import Misconfigured
from shared.events.asyncapi import document
from shared.postgres.migrate import migrate as migrate_database
from shared.telemetry.metrics import METRICS
from shared.transport.kafka import make_topics

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

app = typer.Typer()


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database to the newest schema and make the topics that are missing. May run again at any time."""
    settings = read_settings()
    if settings.postgres_dsn is None:
        raise Misconfigured(f"{variable('postgres_dsn')} is not set; the embedded profile migrates by itself")
    migrate_database(settings.dsn())
    if settings.kafka_bootstrap:
        made = make_topics(settings.kafka_bootstrap, prefix=settings.kafka_prefix, replication=settings.kafka_replication)
        asyncio.run(made)
    if as_json:
        print_json({"migrated": True, "topics": bool(settings.kafka_bootstrap)})
    else:
        console.print("the database is current" + (", and so are the topics" if settings.kafka_bootstrap else ""))


@app.command()
def check(
    drained: Annotated[bool, typer.Option("--drained", help="Nothing may be in flight any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Is anything lost, doubled or stuck? Exit 0 and counts, or 1 and the rows. What is younger than 60 s is in flight."""
    with database_of(read_settings()) as dsn:
        verdict = asyncio.run(judge(dsn, drained=drained))
    if as_json:
        print_json({"holds": verdict.holds, "counts": verdict.counts, "violations": [_row(v) for v in verdict.violations]})
    else:
        _print_verdict(verdict)
    raise typer.Exit(0 if verdict.holds else 1)


@app.command()
def case(code: str, as_json: AsJson = False) -> None:
    """Everything that happened to one request, in order, from all rooms. No personal data."""
    with database_of(read_settings()) as dsn:
        found = asyncio.run(read_case(dsn, code))
    if as_json:
        print_json(found)
    else:
        _print_case(found)


@app.command()
def asyncapi(as_json: AsJson = False) -> None:
    """Every event there is, as an AsyncAPI document (YAML, or JSON)."""
    if as_json:
        print_json(document())
    else:
        typer.echo(to_yaml(document()), nl=False)


@app.command()
def settings(as_json: AsJson = False) -> None:
    """Every TECHRESCUE_* setting: name, default, meaning. Not what it is set to: some are secrets."""
    if not as_json:
        typer.echo(settings_document(), nl=False)
        return
    for name, field in Settings.model_fields.items():
        default = None if field.default is None else str(field.default)
        print_json({"name": variable(name), "default": default, "meaning": field.description})


@app.command()
def metrics(as_json: AsJson = False) -> None:
    """Every metric of every process: name, kind, labels, meaning."""
    if not as_json:
        typer.echo(metrics_document(), nl=False)
        return
    for metric in METRICS:
        print_json(metric)


@app.command("crash-points")
def crash_points(as_json: AsJson = False) -> None:
    """Where a test may let a process die: before and after every commit, send and acknowledgement."""
    for point in all_points():
        if as_json:
            print_json({"point": point})
        else:
            typer.echo(point)


def _row(violation: object) -> dict[str, str]:
    return {name: getattr(violation, name) for name in ("rule", "subject", "finding")}


def _print_verdict(verdict: Verdict) -> None:
    for name, value in verdict.counts.items():
        text = ", ".join(f"{count} {key}" for key, count in value.items()) if isinstance(value, dict) else str(value)
        console.print(f"{name:14} {text or 'none'}")
    for violation in verdict.violations:
        console.print(f"[red]{violation.rule}[/]  {violation.subject}  {violation.finding}")
    console.print("[green]holds[/]" if verdict.holds else f"[red]{len(verdict.violations)} violations[/]")


def _print_case(found: Case) -> None:
    request = found.request
    console.print(f"[bold]{request['code']}[/]  {request['status']}  {request['priority']}  {request['category']}")
    for job in found.jobs:
        escalated = f", with {job['escalated_to']}" if job["escalated_to"] else ""
        console.print(f"job {job['round'] + 1}: {job['status']}, visit {job['visit'] + 1}{escalated}, id {job['id']}")
    for (at, context, what, _), alike in groupby(found.entries, key=_moment):
        told = [", ".join(_words(key, value) for key, value in entry.detail.items() if _says(value)) for entry in alike]
        many = f" ×{len(told)}" if len(told) > 1 else ""  # five were asked at once: one line, --json has all of them
        console.print(f"{_local(at)}  {context:8}  {what + many:27}", f"[dim]{escape(told[0])}[/]")


def _moment(entry: Entry) -> tuple[datetime, str, str, bool]:
    """What is one line: the same thing at the same time. An event and the audit row of it are two."""
    return entry.at, entry.context, entry.what, "version" in entry.detail


def _says(value: object) -> bool:
    return value is not None and value not in ({}, [])


def _words(key: str, value: object) -> str:
    """A flag is its name, or "not" and its name; of counts, those that are any."""
    if isinstance(value, bool):
        return key if value else f"not {key}"
    if isinstance(value, dict):
        return f"{key}: {' '.join(f'{count} {name}' for name, count in value.items() if count) or 'nobody'}"
    return f"{key} {value}"


def _local(at: datetime) -> str:
    return at.astimezone(LOCAL).strftime("%d.%m. %H:%M:%S.%f")[:-3]
