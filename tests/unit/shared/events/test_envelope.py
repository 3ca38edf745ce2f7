"""An event survives the way over a transport, and nothing else gets through the door."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.errors import UnreadableEvent
from shared.events.contract import Sealed
from shared.events.envelope import Event, Record, decode, encode
from shared.events.messages import Answer, ReplyReceived
from shared.events.registry import REGISTRY, EventType, Topic

REPLY = ReplyReceived(
    city="hanoi",
    contact_point_id=uuid4(),
    request_id=uuid4(),
    job_id=uuid4(),
    offer_id=uuid4(),
    answer=Answer.ACCEPT,
    member=Sealed(key_id=uuid4(), box="AAAA"),
    received_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
)
EVENT = Event(
    type=EventType.REPLY_RECEIVED,
    subject=REPLY.contact_point_id,
    version=7,
    key=REPLY.contact_point_id,
    body=REPLY,
    time=datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)
RECORD = encode(EVENT, source="/notify")


def changed(record: Record, *, drop: str | None = None, **headers: bytes) -> Record:
    kept = tuple((name, value) for name, value in record.headers if name not in headers and name != drop)
    return Record(topic=record.topic, key=record.key, headers=kept + tuple(headers.items()), value=record.value)


def test_an_event_comes_back_as_it_was() -> None:
    assert decode(RECORD) == EVENT


def test_headers_are_those_of_cloudevents_in_binary_mode() -> None:
    assert RECORD.topic is Topic.MESSAGES
    assert RECORD.header("ce_specversion") == "1.0"
    assert RECORD.header("ce_type") == "vn.techrescue.reply.received.v1"
    assert RECORD.header("ce_source") == "/notify"
    assert RECORD.header("ce_aggregateversion") == "7"
    assert RECORD.header("ce_nothing") is None


def test_a_newer_optional_field_does_not_disturb_an_older_reader() -> None:
    grown = RECORD.value[:-1] + b',"added_later":{"a":1}}'
    assert decode(Record(topic=RECORD.topic, key=RECORD.key, headers=RECORD.headers, value=grown)).body == REPLY


@pytest.mark.parametrize("header", ["ce_id", "ce_type", "ce_subject", "ce_aggregateversion", "ce_time"])
def test_a_missing_header_is_unreadable(header: str) -> None:
    with pytest.raises(UnreadableEvent):
        decode(changed(RECORD, drop=header))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("ce_id", b"7"),
        ("ce_type", b"vn.techrescue.reply.received.v9"),
        ("ce_aggregateversion", b"x"),
        ("ce_id", b"\xff\xfe"),
        ("ce_time", b"soon"),
    ],
)
def test_a_malformed_header_is_unreadable(header: str, value: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        decode(changed(RECORD, **{header: value}))


def test_an_event_on_a_foreign_topic_is_unreadable() -> None:
    with pytest.raises(UnreadableEvent, match="does not belong"):
        decode(Record(topic=Topic.REQUESTS, key=RECORD.key, headers=RECORD.headers, value=RECORD.value))


@pytest.mark.parametrize("value", [b"", b"{", b"[]", b"null", b'{"city":1}', b"\xff\xfe\x00"])
def test_a_broken_body_is_unreadable_and_never_quoted(value: bytes) -> None:
    record = Record(topic=RECORD.topic, key=RECORD.key, headers=RECORD.headers, value=value)
    with pytest.raises(UnreadableEvent) as caught:
        decode(record)
    assert caught.value.__cause__ is None
    assert "input" not in str(caught.value)


def test_every_type_is_registered_once_with_a_key_its_body_has() -> None:
    assert set(REGISTRY) == set(EventType)
    for kind in REGISTRY.values():
        holders = [kind.body, *(field.annotation for field in kind.body.model_fields.values())]
        assert any(kind.key in getattr(holder, "model_fields", {}) for holder in holders), kind.type
    assert len({kind.ce_type for kind in REGISTRY.values()}) == len(REGISTRY)


def test_ids_sort_by_the_time_they_were_made() -> None:
    ids = [
        Event(type=EVENT.type, subject=EVENT.subject, version=1, key=EVENT.key, body=REPLY, time=EVENT.time).id for _ in range(50)
    ]
    milliseconds = [identifier.int >> 80 for identifier in ids]
    assert milliseconds == sorted(milliseconds)
    assert {UUID(int=identifier.int).version for identifier in ids} == {7}
    assert len(set(ids)) == len(ids)
