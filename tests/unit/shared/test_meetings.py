"""Addresses of rooms on the web: the same for whoever may know it, and not to be guessed by anybody else."""

from uuid import UUID

from shared.meetings import Meetings
from shared.security.vault import Vault

JOB, OTHER = UUID(int=1), UUID(int=2)
JITSI = "https://meet.example.org/{room}"


def meetings(key: bytes = b"one key: 32 bytes, a test's own!", template: str | None = JITSI) -> Meetings:
    return Meetings(template, Vault(key).fingerprint)


def test_each_call_has_a_room_of_its_own_that_two_processes_agree_on() -> None:
    rooms = {meetings().address(job, visit) for job in (JOB, OTHER) for visit in (0, 1)}
    assert len(rooms) == 4
    assert meetings().address(JOB, 0) in rooms
    assert meetings(b"a key of another city, 32 bytes!").address(JOB, 0) not in rooms


def test_a_room_with_a_doorkeeper_is_one_for_all_and_without_a_template_there_is_none() -> None:
    assert meetings(template="https://zoom.example/j/123").address(JOB, 0) == "https://zoom.example/j/123"
    assert meetings(template=None).address(JOB, 0) is None
