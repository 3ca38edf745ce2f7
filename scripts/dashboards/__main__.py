"""`make dashboards`: writes ops/grafana/dashboards. The files are kept, so that a Grafana needs no Python of ours."""

import json
from pathlib import Path
from typing import Final

from scripts.dashboards.city import CITY
from scripts.dashboards.dispatch import DISPATCH
from scripts.dashboards.equity import EQUITY
from scripts.dashboards.messaging import MESSAGING
from scripts.dashboards.panels import Dashboard, written
from scripts.dashboards.pipeline import PIPELINE

FOLDER: Final = Path(__file__).resolve().parents[2] / "ops/grafana/dashboards"
BOARDS: Final = (CITY, DISPATCH, MESSAGING, PIPELINE, EQUITY)


def text(board: Dashboard) -> str:
    return json.dumps(written(board), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    for board in BOARDS:
        (FOLDER / f"{board.uid}.json").write_text(text(board), encoding="utf-8")


if __name__ == "__main__":
    main()
