"""Writes shared/geo/communes.csv, the 126 communes and wards of Hanoi, from the package `vietnamadminunits` (MIT).

    python scripts/make_communes.py

Names, codes and centre points as of 1 July 2025. The centre is a point inside the commune, not its People's Committee.
"""

import csv
import sqlite3
from importlib.resources import as_file, files
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "shared" / "geo" / "communes.csv"
HANOI = "01"
KINDS = {"Phường": "phuong", "Xã": "xa"}


def main() -> None:
    rows = communes()
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "name", "kind", "lat", "lon"])
        writer.writerows(rows)
    print(f"{TARGET.name}: {len(rows)} rows")


def communes() -> list[tuple[str, str, str, float, float]]:
    """Codes are text: their zeros in front count."""
    with as_file(files("vietnamadminunits") / "data" / "dataset.db") as path, sqlite3.connect(path) as database:
        found = database.execute(
            "select wardCode, ward, wardType, wardLat, wardLon from admin_units where provinceCode = ? order by wardCode", [HANOI]
        ).fetchall()
    return [(code, name, KINDS[kind], lat, lon) for code, name, kind, lat, lon in found]


if __name__ == "__main__":
    main()
