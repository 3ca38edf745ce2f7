"""A decision in words, Vietnamese and English, for responders and operators. Pure; no personal data, no code words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from dispatch.matching.roster_columns import TWO_PEOPLE
from shared.calendar import OFFICE_HOURS
from shared.categories import skill_names
from shared.languages import language_names

Words = dict[str, str]  # by language: vi, en
_KILOMETRE: Final = 1000

# Why people are not asked, in the order in which they are told.
RULES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "off_shift": ("ngoài giờ trực", "off shift"),
        "off_duty": ("đang nghỉ", "off duty or on a break"),
        "phone_not_confirmed": ("chưa xác nhận số điện thoại", "with an unconfirmed phone"),
        "unreachable": ("không liên lạc được qua điện thoại", "who cannot be reached by phone"),
        "full": ("đã kín việc", "with no free place"),
        "had_enough_messages": ("lúc này chưa nhắn tin được", "who cannot be written to just now"),
        "cooling_down": ("vừa từ chối", "who has just said no"),
        "day_cap": ("đã đủ số lượt trong ngày", "at the day's limit"),
        "pending_offer": ("đang được hỏi việc khác", "being asked something else"),
        "excluded": ("không được hỏi lại cho việc này", "not asked again for this job"),
        "shift_too_short": ("sắp hết giờ trực", "whose shift ends too soon"),
        "came_free": ("vừa mới rảnh", "who came free a moment ago"),
        "dearer": (
            "làm được nhưng xếp sau (xa hơn, hoặc hôm nay nhiều việc hơn)",
            "who come after (further away, or with more work today)",
        ),
        "alone": ("không cử được hai người", "who cannot send two people"),
        "not_able": ("không làm được việc này", "not able to do this"),
    }
)


BY_HAND: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "off_hours": ("ngoài giờ làm việc của loại việc này", "outside the hours of such visits"),
        "far": ("ở xa", "far away"),
        "alone": ("cần hai người cùng đi", "two people have to go"),
        "barred": ("đã bị loại khỏi việc này", "ruled out for this job"),
        "inactive": ("không còn trong danh sách", "not on the roster any more"),
        "shared_visit": ("việc này đã gộp chung một chuyến với việc khác", "the request shares one visit with others"),
        "job_not_open": ("việc này đã có người nhận hoặc đã kết thúc", "the job is taken or over"),
    }
)


# Why somebody nearer was not asked: which part of their cost outweighs the shorter way.
OUTWEIGHED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "today": ("đã nhận nhiều việc hơn trong ngày", "has taken more visits of the day"),
        "later": ("còn trực lâu hơn trong ngày", "is on shift for longer today"),
        "silence": ("ít khi trả lời tin nhắn", "seldom answers"),
        "commune": ("thuộc xã, phường khác", "belongs to another commune"),
        "language": ("không nói được tiếng cần dùng", "does not speak the language asked for"),
    }
)


# What a cost in minutes is made of.
PARTS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "travel": ("đường đi", "the way"),
        "commune": ("khác xã, phường", "another commune"),
        "today": ("việc đã nhận trong ngày", "visits taken today"),
        "later": ("còn trực lâu", "visits still to come in the shift"),
        "silence": ("ít trả lời", "questions left unanswered"),
        "complaints": ("phản ánh", "complaints"),
        "known": ("đã giúp người này", "has helped this person"),
        "language": ("không cùng tiếng", "another language"),
        "least": ("tối thiểu", "no cost is nothing"),
    }
)


def distance(metres: int) -> Words:
    if metres < _KILOMETRE:
        return {"vi": f"{metres} m", "en": f"{metres} m"}
    kilometres = f"{metres / _KILOMETRE:.1f}"
    return {"vi": f"{kilometres.replace('.', ',')} km", "en": f"{kilometres} km"}


def skills(needs: Sequence[str]) -> Words:
    return {
        "vi": ", ".join(skill_names(skill)["vi"] for skill in needs),
        "en": " and ".join(skill_names(skill)["en"] for skill in needs),
    }


def candidate(
    metres: int | None, needs: Sequence[str], until: float | None, speaks: str | None = None, *, known: bool = False
) -> Words:
    """For whoever wonders why: "cách 900 m, làm được chữ ký số, trực đến 17:00". `until` in epoch seconds; None: off shift.

    `metres` None: they are asked to call, from wherever they are. `speaks`: the language that was asked for, if they do.
    `known`: they have helped this resident before.
    """
    able = skills([need for need in needs if need != TWO_PEOPLE])
    vi, en = ["giúp qua điện thoại"], ["who helps by phone"]
    if metres is not None:
        far = distance(metres)
        vi, en = [f"cách {far['vi']}"], [f"{far['en']} away"]
    if able["vi"]:
        vi.append(f"làm được {able['vi']}")
        en.append(f"does {able['en']}")
    if TWO_PEOPLE in needs:
        vi.append("cử được hai người")
        en.append("sends two people")
    if speaks:
        vi.append(f"nói được {language_names(speaks)['vi']}")
        en.append(f"speaks {language_names(speaks)['en']}")
    if known:
        vi.append("đã giúp người này trước đây")
        en.append("has helped this person before")
    clock = None if until is None else f"{datetime.fromtimestamp(until, UTC).astimezone(OFFICE_HOURS.timezone):%H:%M}"
    vi.append(f"trực đến {clock}" if clock else "ngoài giờ trực")
    en.append(f"on shift until {clock}" if clock else "off shift")
    return {"vi": ", ".join(vi), "en": ", ".join(en)}


def chosen(metres: int, needs: Sequence[str], until: float | None, words: Sequence[str], withdrawn: int) -> Words:
    """What it would mean to ask this person; `words` of RULES and BY_HAND."""
    known = {**RULES, **BY_HAND}
    if "not_able" in words:
        needs = ()
    found = candidate(metres, needs, until)
    said = [known[word] for word in words if word != "off_shift"]  # the first part has said that
    vi, en = [f"{found['vi'][:1].upper()}{found['vi'][1:]}."], [f"{found['en']}."]
    if said:
        vi.append(f"Lưu ý: {', '.join(one for one, _ in said)}.")
        en.append(f"Mind: {', '.join(one for _, one in said)}.")
    if withdrawn:
        vi.append(f"{withdrawn} người đang được hỏi sẽ được báo là không cần nữa.")
        en.append(f"{withdrawn} who are being asked will hear that it is over.")
    return {"vi": " ".join(vi), "en": " ".join(en)}


def speaks(one: Mapping[str, Any], ranking: Mapping[str, Any]) -> str | None:
    """The language asked for, when this candidate speaks it: then it costs nothing."""
    language: str | None = ranking.get("language")
    return language if language and "language" not in one.get("minutes", {"language": 0}) else None


def is_known(one: Mapping[str, Any]) -> bool:
    return "known" in one.get("minutes", {})


def decision(candidates: Sequence[Mapping[str, Any]], exclusions: Mapping[str, int], ranking: Mapping[str, Any]) -> Words:
    """For operators: who was asked, who was not and why, and what gave the job its place."""
    stopped = _stopped(exclusions)
    asked = [one for one in candidates if one["offered"]]
    found = _asked(candidates, ranking, stopped) if asked else _nobody(stopped)
    if ranking.get("pinned_by") == "same_helper":
        found = {"vi": f"{found['vi']} Người này đã đến lần trước.", "en": f"{found['en']} This person was there last time."}
    elif "pinned_by" in ranking:
        found = {"vi": f"{found['vi']} Do người điều phối chỉ định.", "en": f"{found['en']} A coordinator chose this person."}
    if "language" in ranking and not any(speaks(one, ranking) for one in asked):
        names = language_names(ranking["language"])
        found = {
            "vi": f"{found['vi']} Chưa có ai được hỏi nói được {names['vi']}.",
            "en": f"{found['en']} Nobody who was asked speaks {names['en']}.",
        }
    return {language: " ".join([found[language], *_place(ranking)[language]]) for language in ("vi", "en")}


def _asked(candidates: Sequence[Mapping[str, Any]], ranking: Mapping[str, Any], stopped: Words) -> Words:
    asked = [one for one in candidates if one["offered"]]
    metres = None if ranking.get("by_phone") else asked[0]["distance_m"]
    first = candidate(metres, ranking.get("needs", ()), asked[0]["until"], speaks(asked[0], ranking), known=is_known(asked[0]))
    several = len(asked) > 1
    vi = f"Đã hỏi {len(asked)} người, trước hết là người {first['vi']}." if several else f"Đã hỏi 1 người: {first['vi']}."
    en = f"{len(asked)} were asked, first somebody {first['en']}." if several else f"One was asked: {first['en']}."
    nearer = None if metres is None else _nearer(candidates, asked[0])
    if nearer:
        vi, en = f"{vi} {nearer['vi']}", f"{en} {nearer['en']}"
    if stopped["vi"]:
        vi, en = f"{vi} Không hỏi {stopped['vi']}.", f"{en} Not asked: {stopped['en']}."
    return {"vi": vi, "en": en}


def _nearer(candidates: Sequence[Mapping[str, Any]], first: Mapping[str, Any]) -> Words | None:
    """Of the nearest who was weighed and not asked: what spoke against it, if it was anything about the person."""
    passed_over = [one for one in candidates if not one["offered"] and one["distance_m"] < first["distance_m"]]
    if not passed_over:
        return None
    nearest = min(passed_over, key=lambda one: one["distance_m"])
    theirs, ours = nearest.get("minutes", {}), first.get("minutes", {})
    more = {part: theirs.get(part, 0) - ours.get(part, 0) for part in OUTWEIGHED}
    part = max(more, key=lambda one: more[one])
    if more[part] <= 0:
        return None
    far, (vi, en) = distance(nearest["distance_m"]), OUTWEIGHED[part]
    return {"vi": f"Người ở gần hơn ({far['vi']}) {vi}.", "en": f"Somebody nearer ({far['en']}) {en}."}


def _nobody(stopped: Words) -> Words:
    if not stopped["vi"]:
        return {"vi": "Chưa hỏi được ai: danh sách chưa có người nào.", "en": "Nobody could be asked: nobody is on the roster."}
    return {"vi": f"Chưa hỏi được ai: {stopped['vi']}.", "en": f"Nobody could be asked: {stopped['en']}."}


def _stopped(exclusions: Mapping[str, int]) -> Words:
    counted = [(exclusions[rule], words) for rule, words in RULES.items() if exclusions.get(rule)]
    return {
        "vi": ", ".join(f"{count} người {vi}" for count, (vi, _) in counted),
        "en": ", ".join(f"{count} {en}" for count, (_, en) in counted),
    }


def _place(ranking: Mapping[str, Any]) -> dict[str, list[str]]:
    vi, en = [], []
    tier = ranking.get("tier")
    if tier != ranking.get("priority"):
        vi.append(f"Đã chờ lâu nên được xếp cùng nhóm {tier}.")
        en.append(f"It has waited long and is matched with {tier}.")
    if ranking.get("vulnerable"):
        ahead, most = ranking["ahead_minutes"], ranking["ahead_at_most"]
        vi.append(f"Được xếp sớm hơn {ahead:.0f} phút (nhiều nhất {most:.0f}) vì người cần giúp thuộc diện ưu tiên.")
        en.append(f"It goes {ahead:.0f} minutes ahead (at most {most:.0f}), because the person to be helped is vulnerable.")
    return {"vi": vi, "en": en}
