"""Writes the data of intake/places: which commune a former unit of Hanoi went to, names given up earlier, names of other cities.

    python scripts/make_gazetteer.py

From the package `vietnamadminunits` (MIT, notice beside the data), which nothing here needs to run. What it lacks is what the law
says, Resolution 1656/NQ-UBTVQH15 of 16 June 2025, article 1, of each part that went to another commune: whether it has people.
Where it has none, an address lies in the other part, and nobody need be asked.
"""

import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "intake" / "places"
HANOI = "thanhphohanoi"

# "một phần diện tích tự nhiên, toàn bộ quy mô dân số": all people of the former unit go to this commune.
ALL_PEOPLE_GO_TO = {
    "Huyện Ba Vì, Xã Thụy An": "Xã Quảng Oai",
    "Huyện Đan Phượng, Xã Hồng Hà": "Xã Ô Diên",
    "Huyện Đan Phượng, Xã Liên Hà": "Xã Ô Diên",
    "Huyện Đan Phượng, Xã Liên Hồng": "Xã Ô Diên",
    "Huyện Đan Phượng, Xã Liên Trung": "Xã Ô Diên",
    "Huyện Đan Phượng, Xã Thọ An": "Xã Liên Minh",
    "Huyện Đan Phượng, Xã Thọ Xuân": "Xã Liên Minh",
    "Huyện Đan Phượng, Xã Trung Châu": "Xã Liên Minh",
    "Huyện Đông Anh, Xã Đại Mạch": "Xã Thiên Lộc",
    "Huyện Đông Anh, Xã Kim Chung": "Xã Thiên Lộc",
    "Huyện Đông Anh, Xã Kim Nỗ": "Xã Thiên Lộc",
    "Huyện Đông Anh, Xã Xuân Nộn": "Xã Thư Lâm",
    "Huyện Gia Lâm, Thị trấn Trâu Quỳ": "Xã Gia Lâm",
    "Huyện Gia Lâm, Xã Đặng Xá": "Xã Thuận An",
    "Huyện Mỹ Đức, Xã Đồng Tâm": "Xã Phúc Sơn",
    "Huyện Sóc Sơn, Xã Mai Đình": "Xã Sóc Sơn",
    "Huyện Thanh Trì, Xã Đông Mỹ": "Xã Nam Phù",
    "Huyện Thanh Trì, Xã Yên Mỹ": "Xã Thanh Trì",
    "Quận Bắc Từ Liêm, Phường Tây Tựu": "Phường Tây Tựu",
    "Quận Hoàng Mai, Phường Đại Kim": "Phường Định Công",
    "Quận Long Biên, Phường Long Biên": "Phường Long Biên",
}
# "một phần diện tích tự nhiên" alone: this part of the former unit has no people.
LAND_ONLY = {
    "Huyện Ba Vì, Thị trấn Tây Đằng": ["Xã Minh Châu"],
    "Huyện Ba Vì, Xã Chu Minh": ["Xã Minh Châu"],
    "Huyện Đan Phượng, Xã Tân Lập": ["Xã Hoài Đức"],
    "Huyện Đông Anh, Xã Hải Bối": ["Xã Thiên Lộc"],
    "Huyện Đông Anh, Xã Vĩnh Ngọc": ["Xã Phúc Thịnh"],
    "Huyện Gia Lâm, Xã Bát Tràng": ["Xã Gia Lâm"],
    "Huyện Hoài Đức, Xã An Thượng": ["Xã Sơn Đồng"],
    "Huyện Hoài Đức, Xã Kim Chung": ["Phường Tây Tựu"],
    "Huyện Hoài Đức, Xã Vân Canh": ["Phường Xuân Phương"],
    "Huyện Mê Linh, Xã Đại Thịnh": ["Xã Mê Linh"],
    "Huyện Mê Linh, Xã Tiền Phong": ["Xã Thiên Lộc"],
    "Huyện Mê Linh, Xã Tiến Thịnh": ["Xã Liên Minh"],
    "Huyện Mê Linh, Xã Văn Khê": ["Xã Ô Diên", "Xã Yên Lãng"],
    "Huyện Quốc Oai, Thị trấn Quốc Oai": ["Xã Tây Phương"],
    "Huyện Quốc Oai, Xã Ngọc Liệp": ["Xã Tây Phương"],
    "Huyện Quốc Oai, Xã Ngọc Mỹ": ["Xã Quốc Oai"],
    "Huyện Quốc Oai, Xã Phú Cát": ["Xã Hạ Bằng"],
    "Huyện Quốc Oai, Xã Phượng Sơn": ["Xã Tây Phương"],
    "Huyện Sóc Sơn, Xã Phú Minh": ["Xã Sóc Sơn"],
    "Huyện Sóc Sơn, Xã Quang Tiến": ["Xã Sóc Sơn"],
    "Huyện Thanh Trì, Xã Duyên Hà": ["Xã Thanh Trì"],
    "Huyện Thanh Trì, Xã Tân Triều": ["Phường Khương Đình"],
    "Huyện Thường Tín, Xã Duyên Thái": ["Xã Nam Phù"],
    "Quận Bắc Từ Liêm, Phường Minh Khai": ["Phường Đông Ngạc", "Phường Thượng Cát"],
    "Quận Hoàng Mai, Phường Yên Sở": ["Phường Lĩnh Nam"],
    "Quận Long Biên, Phường Bồ Đề": ["Phường Hồng Hà", "Phường Long Biên"],
    "Quận Long Biên, Phường Gia Thụy": ["Phường Long Biên"],
    "Quận Long Biên, Phường Ngọc Thụy": ["Phường Hồng Hà"],
    "Quận Long Biên, Phường Phúc Đồng": ["Phường Bồ Đề"],
    "Quận Long Biên, Phường Phúc Lợi": ["Phường Việt Hưng"],
    "Quận Tây Hồ, Phường Thụy Khuê": ["Phường Ba Đình"],
}
# Khoản 107; the package lacks this part.
MISSING = {"Huyện Mê Linh, Xã Văn Khê": ["Xã Ô Diên"]}

Row = Mapping[str, Any]


def main() -> None:
    package = files("vietnamadminunits") / "data"
    with as_file(package / "dataset.db") as path, sqlite3.connect(path) as database:
        database.row_factory = sqlite3.Row
        new = database.execute("select * from admin_units").fetchall()
        old = database.execute("select * from admin_units_legacy").fetchall()
    converter = json.loads((package / "converter_2025.json").read_text(encoding="utf-8"))
    ours = [row for row in old if row["provinceKey"] == HANOI]
    links = former_units(ours, [row for row in new if row["provinceKey"] == HANOI], converter)
    write("former_units.csv", ["code", "name", "district", "commune_code", "people", "first"], links)
    write("abolished_names.csv", ["name", "code"], abolished_names(ours))
    write("elsewhere.csv", ["name", "kind"], elsewhere(old, new, ours))


def former_units(old: Sequence[Row], new: Sequence[Row], converter: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """A row a part: `people` 1 where somebody lives in it, `first` 1 for the part that the package takes by itself."""
    codes = {row["wardKey"]: row["wardCode"] for row in new}
    named = {row["ward"]: row["wardCode"] for row in new}
    parts: dict[str, dict[str, bool]] = {}
    for new_key, old_keys in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][HANOI].items():
        for old_key in old_keys:
            parts[old_key] = {codes[new_key]: True}
    for old_key, found in converter["DICT_PROVINCE_WARD_DIVIDED"][HANOI].items():
        parts[old_key] = {codes[part["newWardKey"]]: part["isDefaultNewWard"] for part in found}
    rows = []
    for unit in sorted((row for row in old if row["wardCode"]), key=lambda row: row["wardCode"]):
        place = f"{unit['district']}, {unit['ward']}"
        of_unit = parts[f"{unit['provinceKey']}_{unit['districtKey']}_{unit['wardKey']}"]
        of_unit |= {named[name]: False for name in MISSING.get(place, [])}
        for code, first in sorted(of_unit.items(), key=lambda item: (not item[1], item[0])):
            rows.append((unit["wardCode"], unit["ward"], unit["district"], code, int(peopled(place, code, named)), int(first)))
    return rows


def peopled(place: str, code: str, named: Mapping[str, str]) -> bool:
    """Whether the law leaves people in the part of `place` that went to the commune."""
    if place in ALL_PEOPLE_GO_TO:
        return code == named[ALL_PEOPLE_GO_TO[place]]
    return code not in {named[name] for name in LAND_ONLY.get(place, [])}


def abolished_names(old: Sequence[Row]) -> list[tuple[str, str]]:
    """Names that a former unit had taken in before 2025, without diacritics and spaces, as the package writes them."""
    found = set()
    for row in old:
        said = set(json.loads(row["wardAlias"] or "[]"))
        short = {name for name in said if said & {f"{kind}{name}" for kind in ("phuong", "thitran", "xa")}}
        found |= {(name, row["wardCode"]) for name in short if name != row["wardShortKey"]}
    return sorted(found)


def elsewhere(old: Iterable[Row], new: Iterable[Row], ours: Sequence[Row]) -> list[tuple[str, str]]:
    """Provinces and former districts outside of Hanoi; a district that is called like one of ours says nothing."""
    of_us = {row["districtShortKey"] for row in ours} | {row["wardShortKey"] for row in ours}
    found = set()
    for row in (*old, *new):
        if row["provinceKey"] != HANOI:
            found.add((row["provinceShort"], "province"))
    for row in old:
        if row["provinceKey"] != HANOI and row["districtShort"] and row["districtShortKey"] not in of_us:
            found.add((row["districtShort"], "district"))
    return sorted(found)


def write(name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows")


if __name__ == "__main__":
    main()
