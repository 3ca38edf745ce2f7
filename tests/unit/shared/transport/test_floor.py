"""From where the relay looks: rows that appear late with a low id are always found."""

from shared.transport.floor import EVERYTHING, Floor


def test_the_first_minute_looks_at_everything() -> None:
    floor = Floor()
    for second in range(60):
        assert floor.next(second) == EVERYTHING
        floor.saw(second * 10 + 1, second)


def test_later_it_looks_above_what_was_seen_a_minute_ago() -> None:
    floor = Floor()
    for second in range(100):
        floor.next(second)
        floor.saw(second * 10, second)
    assert floor.next(100) == EVERYTHING  # the full pass, each 10 s
    assert floor.next(101) == 41 * 10
    assert floor.next(109.9) == 49 * 10
    assert floor.next(110) == EVERYTHING


def test_a_quiet_outbox_settles_on_its_last_id() -> None:
    floor = Floor()
    floor.next(0)
    floor.saw(7, 0)
    floor.next(200)
    assert floor.next(201) == 7


def test_a_look_that_sees_lower_ids_never_moves_it_back() -> None:
    floor = Floor()
    floor.next(0)
    floor.saw(100, 0)
    floor.saw(3, 5)  # a late row of a full pass
    floor.next(200)
    assert floor.next(201) == 100
