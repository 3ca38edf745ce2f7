"""The documents that are made from our own lists: settings and metrics. `make docs` writes them, a test compares them."""

from collections.abc import Iterable, Sequence

from services.settings import Settings, variable
from shared.telemetry.metrics import METRICS


def settings_document() -> str:
    rows = [
        (f"`{variable(name)}`", "" if field.default is None else f"`{_written(field.default)}`", str(field.description))
        for name, field in Settings.model_fields.items()
    ]
    intro = "Every setting is an environment variable. One that is misspelt stops the start; so does one that makes no sense."
    return _document("Settings", intro, ("variable", "default", "meaning"), rows)


def metrics_document() -> str:
    rows = [(f"`{metric.name}`", metric.kind, ", ".join(metric.labels), metric.meaning) for metric in METRICS]
    intro = "`/metrics` of every process. Label values come from closed sets; there is no id, name or number in any of them."
    return _document("Metrics", intro, ("name", "kind", "labels", "meaning"), rows)


def _written(default: object) -> str:
    return str(int(default)) if isinstance(default, bool) else str(default)


def _document(title: str, intro: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    table += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return f"# {title}\n\n{intro} This file is written by `make docs`.\n\n" + "\n".join(table) + "\n"
