"""Which route a text takes: the preferred one that is well, an answerable one for questions, another one after a doubt."""

from notify.channels.port import Abilities
from notify.sending.routes import Choice, Route, cost_vnd, naming_the_number
from notify.sms_text import BUDGET_PARTS, count_parts
from shared.events.contract import ChannelKind

SMS = ChannelKind.SMS


def route(name: str, *, two_way: bool = True, probe: bool = False) -> Route:
    return Route(name, Abilities(channel=SMS, two_way=two_way), probe=probe)


def taken(choice: Choice, **how: object) -> str | None:
    found = choice.route(SMS, **{"asks": False, **how})  # type: ignore[arg-type]
    return found.name if found else None


def test_the_first_route_of_the_deployment_is_preferred() -> None:
    assert taken(Choice({SMS: [route("a"), route("b")]}, None)) == "a"


def test_a_channel_without_a_route_has_none() -> None:
    assert Choice({SMS: [route("a")]}, None).route(ChannelKind.ZALO, asks=False) is None


def test_a_question_prefers_a_route_that_can_be_answered() -> None:
    choice = Choice({SMS: [route("name", two_way=False), route("number")]}, "8088")
    assert (taken(choice), taken(choice, asks=True)) == ("name", "number")


def test_a_question_leaves_over_a_one_way_route_only_when_it_can_name_a_number() -> None:
    one_way = {SMS: [route("name", two_way=False)]}
    assert taken(Choice(one_way, None), asks=True) is None
    assert taken(Choice(one_way, "8088"), asks=True) == "name"


def test_what_was_left_in_doubt_takes_another_route_if_there_is_one() -> None:
    both, alone = Choice({SMS: [route("a"), route("b")]}, None), Choice({SMS: [route("a")]}, None)
    assert taken(both, asks=True, tried={"a"}) == "b"
    assert taken(alone, asks=True, tried={"a"}) == "a"
    one_way = Choice({SMS: [route("a"), route("name", two_way=False)]}, "8088")
    assert taken(one_way, asks=True, tried={"a"}) == "name", "a second time over the same one would be doubled there"


def test_one_text_that_only_tells_finds_out_whether_a_route_is_back() -> None:
    choice = Choice({SMS: [route("a", probe=True), route("b")]}, None)
    assert taken(choice, asks=True) == "b", "a question does not find out"
    assert [taken(choice), taken(choice)] == ["a", "b"]


def test_a_question_finds_out_when_nobody_else_would_take_it() -> None:
    choice = Choice({SMS: [route("a", probe=True)]}, None)
    assert [taken(choice, asks=True), taken(choice, asks=True)] == ["a", None]


def test_a_question_that_offers_nothing_finds_out_like_any_other_text() -> None:
    choice = Choice({SMS: [route("a", probe=True), route("b")]}, None)
    assert taken(choice, asks=True, offers=False) == "a"


def test_what_a_route_refused_is_taken_elsewhere_only_where_nobody_has_refused_it() -> None:
    a, b, name = route("a"), route("b"), route("name", two_way=False)
    assert Choice({SMS: [a, b]}, None).elsewhere(a, asks=False, tried=())
    assert not Choice({SMS: [a, b]}, None).elsewhere(b, asks=False, tried={"a"})
    assert not Choice({SMS: [a, name]}, None).elsewhere(a, asks=True, tried=()), "nobody could answer there"


def test_a_question_that_names_the_number_stays_within_its_budget() -> None:
    short, long = "Cần người giúp. Trả lời 1 27.", "ă" * (67 * BUDGET_PARTS - 5)
    assert naming_the_number(short, "8088") == "Cần người giúp. Trả lời 1 27. Trả lời/Reply: 8088"
    assert naming_the_number("Reply 1 27.", "8088").isascii(), "a text without marks is not made dearer"
    assert count_parts(naming_the_number(long, "8088")) <= BUDGET_PARTS


def test_a_text_costs_what_its_parts_cost() -> None:
    sms, folding = (
        Abilities(channel=SMS, two_way=True, cost_vnd=500),
        Abilities(channel=SMS, two_way=True, accents=False, cost_vnd=500),
    )
    text = "ắ" * 100
    assert (cost_vnd(text, sms), cost_vnd(text, folding), cost_vnd("a", sms)) == (1000, 500, 500)
    assert cost_vnd(text, Abilities(channel=ChannelKind.ZNS, two_way=False, cost_vnd=300)) == 300
    assert cost_vnd(text, Abilities(channel=SMS, two_way=True)) == 0
