"""The categories as data: complete, and urgent where people stand in line."""

from shared.categories import CATEGORIES, SKILLS
from shared.events.contract import Priority


def test_all_25_kinds_of_trouble_are_there_and_complete() -> None:
    assert len(CATEGORIES) == 25
    for key, category in CATEGORIES.items():
        assert category.key == key
        assert category.label_vi
        assert category.label_en
        assert category.skills
        assert set(category.skills) <= set(SKILLS)
        assert category.examples
        assert category.final_owner
        assert 15 <= category.watch_minutes <= 240


def test_a_service_point_that_is_down_comes_first() -> None:
    first = {key for key, category in CATEGORIES.items() if category.priority is Priority.P1}
    assert first == {"network_outage", "system_outage"}
    assert CATEGORIES["equipment"].priority is Priority.P2
    assert CATEGORIES["fraud"].priority is Priority.P2
    assert CATEGORIES["digital_skill"].priority is Priority.P4


def test_labels_are_distinct() -> None:
    assert len({category.label_vi for category in CATEGORIES.values()}) == len(CATEGORIES)
