"""Rules of the house that no off-the-shelf linter knows."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.repository import CODE, ROOMS, ROOT, calls, imported, name_of, python_files, tree_of

# Modules that decide: data in, decision out. They may not reach for a database, a network or a clock.
IMPURE = (
    "asyncpg",
    "aiohttp",
    "aiokafka",
    "fastapi",
    "asyncio",
    "shared.postgres",
    "shared.transport",
    "shared.http",
    "services",
)
PURE = (
    *("intake/request.py", "intake/triage.py", "intake/location.py", "shared/masking.py"),
    *(
        "dispatch/shifts/coverage.py",
        "dispatch/faults/group.py",
        "dispatch/faults/grouping.py",
        "dispatch/jobs/job.py",
        "dispatch/jobs/offer.py",
        "dispatch/roster/responder.py",
        "dispatch/shifts/shift.py",
        "dispatch/shifts/shift_text.py",
        "dispatch/matching/assignment.py",
        "dispatch/matching/policy.py",
    ),
    *sorted(name_of(path) for path in python_files("dispatch") if "simulation" in path.parts),
    *(
        f"intake/places/{name}.py"
        for name in (
            "areas",
            "deciding",
            "gazetteer",
            "guesses",
            "index",
            "landmarks",
            "mentions",
            "pins",
            "placing",
            "questions",
        )
    ),
    *(f"intake/places/{name}.py" for name in ("resolution", "resolver", "spelling", "words")),
    *(
        "notify/message.py",
        "notify/question.py",
        "notify/sending/ladder.py",
        "notify/sending/throttle.py",
        "notify/sms_text.py",
        "notify/sla/rounds.py",
    ),
    *(
        "notify/sla/line.py",
        "notify/sla/proof.py",
        "dispatch/jobs/pausing.py",
        "dispatch/jobs/news.py",
        "dispatch/jobs/naming.py",
    ),
    *("dispatch/jobs/going.py", "dispatch/roster/member_record.py"),
    *(
        "notify/reports/facts.py",
        "notify/reports/clocks.py",
        "notify/reports/endings.py",
        "notify/reports/figures.py",
        "notify/reports/kpi.py",
        "notify/reports/report.py",
        "notify/reports/secrecy.py",
        "notify/reports/suppression.py",
    ),
)
# Who may catch what it does not know: loops that must live on, the outermost frame of a process, and work that several share,
# where each hears of its own error.
CATCH_ALL = {"Exception", "BaseException"}
MAY_CATCH_ALL = {
    "shared/timers.py",
    "shared/transport/attempts.py",
    "shared/transport/sharing.py",
    "shared/http/guard.py",
    "notify/channels/batches.py",
}


@pytest.mark.parametrize("name", PURE)
def test_a_module_that_decides_reaches_for_nothing(name: str) -> None:
    reached = {module for module in imported(ROOT / name) if module.startswith(IMPURE)}
    assert not reached


@pytest.mark.parametrize("room", ["intake", "dispatch", "notify"])
def test_contexts_never_import_each_other(room: str) -> None:
    others = tuple({"intake", "dispatch", "notify", "services"} - {room})
    crossing = {name_of(path): m for path in python_files(room) for m in imported(path) if m.split(".")[0] in others}
    assert not crossing


def test_wait_for_is_not_used() -> None:
    """On Python 3.11 it swallows a cancellation; asyncio.timeout does not."""
    assert not [name_of(path) for path in python_files(*ROOMS) if calls(path, "wait_for")]


def test_nobody_catches_what_they_do_not_know() -> None:
    guilty = []
    for path in python_files(*ROOMS):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ExceptHandler) and (
                node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}
            ):
                reraised = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if not reraised and name_of(path) not in MAY_CATCH_ALL:
                    guilty.append(f"{name_of(path)}:{node.lineno}")
    assert not guilty


def test_an_answer_in_json_is_made_in_one_place() -> None:
    """Seven copies differed in what they did with a UUID of the driver."""
    made = re.compile(r"Response\(\s*orjson\.dumps\(")
    assert not [
        name_of(path) for path in python_files(*ROOMS) if path.name != "problems.py" and made.search(path.read_text("utf-8"))
    ]


def test_tests_never_sleep() -> None:
    """sleep(0) only lets the others run; everything else hopes that a machine is fast enough."""
    naps = [(path, call) for path in python_files("tests") if "support" not in path.parts for call in calls(path, "sleep")]
    assert not [f"{name_of(path)}:{call.lineno}" for path, call in naps if ast.unparse(call.args[0]) != "0"]


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        name_of(path)
        for path in python_files(*ROOMS)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    }
    # crash.py must know before anything runs; dbmate is given the environment it needs to be found.
    assert readers <= {"services/settings.py", "shared/crash.py", "shared/postgres/migrate.py"}


def test_sql_is_in_sql_files() -> None:
    statement = re.compile(r"^\s*(select .* from|insert into|update \w+ set|delete from)\b", re.IGNORECASE | re.DOTALL)
    guilty = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("services", "intake", "dispatch", "notify")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
    ]
    assert not guilty


def test_no_index_address_and_no_path_of_a_machine_is_committed() -> None:
    suspicious = re.compile(r"--index-url|--extra-index-url|--find-links|/home/\w+/|/root/")
    allowed = {"tests/architecture/test_rules.py", "Makefile"}
    files = [
        path for folder in (*CODE, "requirements", "docs", "k8s", "ops") for path in (ROOT / folder).rglob("*") if path.is_file()
    ]
    texts = [path for path in files if path.suffix in {".py", ".sql", ".txt", ".in", ".md", ".yml", ".yaml", ".sh", ".toml"}]
    found = [name_of(path) for path in texts if name_of(path) not in allowed and suspicious.search(_body(path))]
    assert not found


def _body(path: Path) -> str:
    """Without the comment in which uv says how a requirements file was compiled."""
    return "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#    uv pip compile"))


MOMENTS = re.compile(r"\b(AwareDatetime|NaiveDatetime|datetime|date)\b")


def from_outside(path: Path) -> list[tuple[str, int]]:
    """What a route takes, and what stands in a model of pydantic: (annotation, line)."""
    found: list[ast.expr] = []
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef) and {"BaseModel", "Form"} & {ast.unparse(base) for base in node.bases}:
            found += [field.annotation for field in node.body if isinstance(field, ast.AnnAssign)]
        if isinstance(node, ast.AsyncFunctionDef) and any("router." in made or "routes." in made for made in decorated(node)):
            found += [one.annotation for one in [*node.args.args, *node.args.kwonlyargs] if one.annotation is not None]
    return [(ast.unparse(annotation), annotation.lineno) for annotation in found]


def decorated(function: ast.AsyncFunctionDef) -> list[str]:
    return [ast.unparse(decorator) for decorator in function.decorator_list]


def test_a_moment_from_outside_has_a_sensible_year() -> None:
    """Moment and Day of shared/moments.py do; a bare one of the year 9999 is a 500 in arithmetic or in the database."""
    bare = [
        f"{name_of(path)}:{line}"
        for path in python_files("services", "intake", "dispatch", "notify")
        for annotation, line in from_outside(path)
        if MOMENTS.search(annotation)
    ]
    assert not bare
    assert from_outside(ROOT / "dispatch/routes/members_api.py"), "routes are found no more"


def test_a_text_becomes_a_moment_where_its_year_is_checked() -> None:
    ours = {
        "intake/desk/items.py",
        "dispatch/jobs/aftercare.py",
        "intake/guidance/entry.py",
        "notify/sla/rows.py",
        "notify/telling/session_words.py",
    }  # what we have written ourselves
    own = {*ours, "notify/reports/rows.py", "notify/reports/words.py"}
    readers = {name_of(path) for path in python_files("intake", "dispatch", "notify") if calls(path, "fromisoformat")}
    checked = {
        "dispatch/shifts/shift_text.py",
        "dispatch/roster/member_csv.py",
    }  # years of its own; then a model with a Day and a Moment
    assert readers <= own | checked, "shared/moments.py has read_moment"
