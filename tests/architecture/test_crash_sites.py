"""Every place where a process may die is named and used; no commit, send or acknowledgement is without one."""

import ast
from functools import cache
from pathlib import Path

import pytest

from shared.crash import SITES, all_points
from tests.architecture.repository import ROOMS, calls, name_of, python_files, text_of, tree_of
from tests.crash.day import CHAPTERS

LIST = "shared/crash.py"
COMMIT = "shared/postgres/transaction.py"
READS_ONLY = "services/audit/reading.py"  # its transactions are read-only snapshots that are rolled back
FILES = [path for path in python_files(*ROOMS) if name_of(path) != LIST]


@cache
def texts(path: Path) -> frozenset[str]:
    constants = (node.value for node in ast.walk(tree_of(path)) if isinstance(node, ast.Constant))
    return frozenset(value for value in constants if isinstance(value, str))


@pytest.mark.parametrize("site", sorted(SITES))
def test_a_listed_site_is_used(site: str) -> None:
    assert [path for path in FILES if site in text_of(path) and site in texts(path)], (
        f"{site} is listed in {LIST} and used nowhere"
    )


def test_every_site_has_a_chapter_of_the_day_that_passes_it() -> None:
    """Whether it really does is asserted where the process is killed there."""
    assert CHAPTERS.keys() == SITES


def test_the_command_lists_both_sides_of_every_site() -> None:
    assert len(all_points()) == 2 * len(SITES)
    assert {point.rpartition(".")[0] for point in all_points()} == set(SITES)


def test_every_commit_goes_through_the_one_door() -> None:
    """`connection.transaction()` and a bare COMMIT would be commits without a crash point."""
    for path in FILES:
        opened = [call for call in calls(path, "transaction") if isinstance(call.func, ast.Attribute)]
        if name_of(path) not in {COMMIT, READS_ONLY}:
            assert not opened, f"{name_of(path)} opens a transaction past shared.postgres.transaction"
        assert not [text for text in texts(path) if text.strip().rstrip(";").lower() in {"commit", "begin"}], name_of(path)


def test_every_transaction_names_a_listed_site() -> None:
    for path in FILES:
        for call in [*calls(path, "transaction"), *calls(path, "commit_one")]:
            site = call.args[1] if len(call.args) > 1 else next((k.value for k in call.keywords if k.arg == "site"), None)
            if isinstance(site, ast.Constant):
                assert site.value in SITES, f"{name_of(path)}:{call.lineno}"


@pytest.mark.parametrize("site", ["relay.publish", "notify.send", "consumer.ack"])
def test_sends_and_acknowledgements_stand_between_two_points(site: str) -> None:
    sides = {
        side.value
        for path in FILES
        for call in calls(path, "crash_point")
        if len(call.args) > 1 and isinstance(call.args[0], ast.Constant) and call.args[0].value == site
        for side in call.args[1:]
        if isinstance(side, ast.Constant)
    }
    assert sides == {"before", "after"}


@pytest.mark.parametrize(("method", "owner"), [("send_batch", "KafkaPublisher"), ("commit", "consumer")])
def test_only_the_transport_sends_to_kafka_and_commits_offsets(method: str, owner: str) -> None:
    users = {name_of(path) for path in FILES if calls(path, method)}
    assert all(name.startswith(("shared/transport/", COMMIT)) for name in users), owner
