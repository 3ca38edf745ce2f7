"""The registry as an AsyncAPI 3.0 document, for readers outside. Pure: no file is written here."""

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from shared.events.contract import Contract
from shared.events.envelope import MAX_BODY_BYTES
from shared.events.registry import PARTITIONS, REGISTRY, EventKind, Topic

SPEAKERS: Final = {
    Topic.REQUESTS: "intake",
    Topic.ASSIGNMENTS: "dispatch",
    Topic.MESSAGES: "notify",
    Topic.CONVERSATIONS: "intake",
}

_HEADERS: Final = {
    "ce_specversion": ("string", "always 1.0"),
    "ce_id": ("string", "UUIDv7 of the event; a consumer deduplicates by it"),
    "ce_type": ("string", "vn.techrescue.<event>.v<version>"),
    "ce_source": ("string", "the context that speaks, e.g. /intake"),
    "ce_time": ("string", "when it happened, ISO 8601 in UTC"),
    "ce_subject": ("string", "UUID of the aggregate"),
    "ce_aggregateversion": ("string", "version of the aggregate after the change; a lower one than known is stale"),
    "content-type": ("string", "application/json"),
    "traceparent": ("string", "W3C trace context"),
}


def document() -> dict[str, Any]:
    """Every topic, event and body, in the order of the registry. The same registry gives the same document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "TechRescue events",
            "version": "1",
            "description": "CloudEvents 1.0, binary mode, JSON bodies. Contracts grow by optional fields only. "
            "Personal data is sealed (AES-256-GCM under a key per person) or absent.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name.lower(): _channel(topic) for topic in Topic},
        "operations": {_operation_name(topic): _operation(topic) for topic in Topic},
        "components": {
            "messages": {str(kind.type): _message(kind) for kind in REGISTRY.values()},
            "schemas": {"Headers": _headers(), **_bodies()},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    kinds = [kind for kind in REGISTRY.values() if kind.topic == topic]
    return {
        "address": str(topic),
        "description": f"Spoken by {SPEAKERS[topic]}. Bodies up to {MAX_BODY_BYTES // 1024} KiB.",
        "messages": {str(kind.type): {"$ref": f"#/components/messages/{kind.type}"} for kind in kinds},
        "bindings": {"kafka": {"topic": str(topic), "partitions": PARTITIONS}},
    }


def _operation_name(topic: Topic) -> str:
    """Who speaks on one topic only needs no other name; intake's second has one."""
    return f"{SPEAKERS[topic]}_sends{'_conversations' if topic is Topic.CONVERSATIONS else ''}"


def _operation(topic: Topic) -> dict[str, Any]:
    return {"action": "send", "channel": {"$ref": f"#/channels/{topic.name.lower()}"}}


def _message(kind: EventKind) -> dict[str, Any]:
    return {
        "name": kind.ce_type,
        "summary": f"subject: {kind.subject}; key: {kind.key}",
        "headers": {"$ref": "#/components/schemas/Headers"},
        "payload": {"$ref": f"#/components/schemas/{kind.body.__name__}"},
    }


def _headers() -> dict[str, Any]:
    properties = {name: {"type": kind, "description": text} for name, (kind, text) in _HEADERS.items()}
    return {"type": "object", "properties": properties, "required": [name for name in _HEADERS if name != "traceparent"]}


def _bodies() -> dict[str, Any]:
    bodies: list[type[Contract]] = sorted({kind.body for kind in REGISTRY.values()}, key=lambda body: body.__name__)
    _, schemas = models_json_schema([(body, "validation") for body in bodies], ref_template="#/components/schemas/{model}")
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions
