"""docs/asyncapi.yaml is what other people read; it may not lie, and an event may never lose a field it had."""

from typing import Any

import yaml

from services.yaml_text import to_yaml
from shared.events.asyncapi import document
from shared.events.registry import PARTITIONS, REGISTRY, Topic
from tests.architecture.repository import ROOT

GOLDEN = ROOT / "docs/asyncapi.yaml"


def test_the_document_is_the_one_that_the_registry_gives() -> None:
    assert GOLDEN.read_text(encoding="utf-8") == to_yaml(document()), "run `make docs` and read what changed"


def test_our_yaml_reads_back_as_what_was_written() -> None:
    assert yaml.safe_load(to_yaml(document())) == document()


def test_every_event_and_topic_is_in_it() -> None:
    found = document()
    assert set(found["components"]["messages"]) == {str(kind) for kind in REGISTRY}
    assert {channel["address"] for channel in found["channels"].values()} == {str(topic) for topic in Topic}
    assert {channel["bindings"]["kafka"]["partitions"] for channel in found["channels"].values()} == {PARTITIONS}


def test_every_reference_leads_somewhere() -> None:
    found = document()
    for reference in _references(found):
        target: Any = found
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [reference for item in value.values() for reference in _references(item)]
    return [reference for item in value for reference in _references(item)] if isinstance(value, list) else []
