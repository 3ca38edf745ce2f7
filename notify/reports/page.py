"""A report as a page for people: plain, prints well, no script, nothing from elsewhere. Of the city, or of a commune."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Final

from notify.reports import words
from notify.reports.clocks import Clock
from notify.reports.endings import Ending
from notify.reports.facts import By
from notify.reports.suppression import ALL, FEWEST

_PAGE: Final = Template(files("notify.reports").joinpath("page.html").read_text("utf-8"))
_TIERS: Final = (*(name for name in words.PRIORITIES if name != ALL), ALL)
_HIDDEN: Final = f"&lt; {FEWEST}"
_FRACTILES: Final = ("p50_seconds", "p90_seconds", "p95_seconds", "p99_seconds")

Row = Mapping[str, Any]


def to_page(found: Row) -> str:
    """`found` is a document of report.py, whole or of one commune."""
    vi, en = words.title(found)
    told = words.definitions(found)
    commune = found.get("commune")
    parts = list(_of_group(found, By.COMMUNE.value, commune)) if commune else []
    parts += _of_group(found, ALL, ALL)
    if not commune:
        parts += [_overview(found, by) for by in found["by"]]
    parts.append(_pauses(found["pauses"]))
    return _PAGE.substitute(
        title=escape(vi),
        title_en=escape(en),
        about=_about(found),
        sections="\n".join(parts),
        definitions="\n".join(f"<dt>{_both(term)}</dt><dd>{_lines(meaning)}</dd>" for term, meaning in told),
        code=escape(found["code"]),
    )


def _about(found: Row) -> str:
    state = "" if found["over"] else " Chưa kết thúc. <span lang='en'>Not over yet.</span>"
    edition = found.get("edition")
    told = f"Bản đã nộp <span lang='en'>(edition)</span> <code>{escape(edition)}</code>. " if edition else ""
    older = found.get("supersedes")
    before = f"Thay cho bản <span lang='en'>(supersedes)</span> <code>{escape(older)}</code>. " if older else ""
    at = f"{words.moment(found['as_of'])}, giờ Hà Nội <span lang='en'>(as of then, Hanoi time)</span>"
    return f"{told}{before}Số liệu đến {at}.{state}"


def _of_group(found: Row, by: str, group: str) -> Iterator[str]:
    yield f"<h2>{_group(by, group)}</h2>"
    ours = {
        name: [row for row in found[name] if (row["by"], row["group"]) == (by, group)] for name in ("figures", "endings", "kpis")
    }
    if not any(ours.values()):
        yield "<p>Chưa có lượt nào. <span lang='en'>Nothing yet.</span></p>"
        return
    yield _kpis(ours["kpis"])
    yield _clocks(ours["figures"])
    yield _endings(ours["endings"])


def _clocks(rows: Sequence[Row]) -> str:
    bodies = {}
    for tier in _TIERS:
        found = [(clock, row) for clock in Clock for row in rows if (row["priority"], row["clock"]) == (tier, clock)]
        if found:
            bodies[_both(words.PRIORITIES[tier])] = [[_both(words.CLOCKS[clock]), *_cells(row)] for clock, row in found]
    head = (("Cam kết", "promise"), ("Thời hạn", "limit"), "n", ("Đúng hạn", "kept"), "P50", "P90", "P95", "P99")
    return _table(("Cam kết và thời gian", "promises and times"), head, bodies)


def _cells(row: Row) -> list[str]:
    limit = words.duration(row["limit_seconds"]) if row["limit_seconds"] else "–"
    if row["hidden"]:
        return [limit, _HIDDEN, *["–"] * (1 + len(_FRACTILES))]
    return [limit, str(row["n"]), _share(row), *(words.duration(row[name]) for name in _FRACTILES)]


def _endings(rows: Sequence[Row]) -> str:
    known = {row["ending"]: row for row in rows}
    body = [[_both(words.ENDINGS[ending]), _count(known[ending])] for ending in (*Ending, ALL) if ending in known]
    return _table(("Kết thúc", "endings"), ("", ("Số lượt", "rounds")), {"": body})


def _kpis(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    body = [
        [_both(words.MEASURES[row["measure"]]), _count(row), _share(row), words.target(row["target_percent"])] for row in rows
    ]
    return _table(("Mục tiêu", "targets"), ("", "n", ("Đạt", "reached"), ("Mục tiêu", "target")), {"": body})


def _overview(found: Row, by: str) -> str:
    """Each group in a line: of each clock the share over all tiers, with its n."""
    rows = {(row["group"], row["clock"]): row for row in found["figures"] if (row["by"], row["priority"]) == (by, ALL)}
    clocks = [clock for clock in Clock if any(key[1] == clock for key in rows)]
    groups = sorted({key[0] for key in rows}, key=lambda group: (words.group_words(by, group)[0], group))
    body = [[_group(by, group), *(_in_line(rows.get((group, clock))) for clock in clocks)] for group in groups]
    head = (words.SECTIONS[by], *(words.CLOCKS[clock] for clock in clocks))
    return f"<h2>{_both(words.SECTIONS[by])}</h2>" + _table(("Đúng hạn (n), mọi cấp", "kept (n), all tiers"), head, {"": body})


def _in_line(row: Row | None) -> str:
    if row is None:
        return "–"
    return _HIDDEN if row["hidden"] else f"{_share(row)} ({row['n']})"


def _group(by: str, group: str) -> str:
    return _both(words.group_words(by, group))


def _pauses(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    body = [
        [
            _both(words.PAUSES.get(row["reason"], (row["reason"],) * 2)),
            _count(row),
            "–" if row["hidden"] else f"{row['hours']:g} h",
        ]
        for row in rows
    ]
    head = ("", ("Số lần", "how often"), ("Tổng thời gian", "in all"))
    return _table(("Tạm dừng", "pauses"), head, {"": body})


def _count(row: Row) -> str:
    return _HIDDEN if row["hidden"] else str(row["n"])


def _share(row: Row) -> str:
    if row["hidden"] or row["share"] is None:
        return "–"
    mark = "" if row["holds"] is None else ' class="kept"' if row["holds"] else ' class="missed"'
    return f"<span{mark}>{words.percent(row['share'])}</span>"


def _both(told: Sequence[str]) -> str:
    return f"{escape(told[0])} <span lang='en'>· {escape(told[1])}</span>" if told[0] != told[1] else escape(told[0])


def _lines(told: Sequence[str]) -> str:
    """Each in a line of its own."""
    return "".join(f"<span{mark}>{escape(text)}</span>" for mark, text in zip(("", " lang='en'"), told, strict=True) if text)


def _table(caption: Sequence[str], head: Sequence[str | Sequence[str]], bodies: Mapping[str, Iterable[Sequence[str]]]) -> str:
    """`bodies`: rows under what they have in common. The first cell of each is words, the others are figures."""
    heads = "".join(f"<th scope='col'>{_lines((cell, '') if isinstance(cell, str) else cell)}</th>" for cell in head)
    parts = []
    for name, body in bodies.items():
        over = f"<tr><th scope='rowgroup' colspan='{len(head)}'>{name}</th></tr>\n" if name else ""
        lines = ("<tr>" + "".join(f"<td>{cell}</td>" for cell in line) + "</tr>" for line in body)
        parts.append(f"<tbody>\n{over}" + "\n".join(lines) + "\n</tbody>")
    return (
        f"<section class='wide'><table><caption>{_both(caption)}</caption><thead><tr>{heads}</tr></thead>\n"
        + "\n".join(parts)
        + "</table></section>"
    )
