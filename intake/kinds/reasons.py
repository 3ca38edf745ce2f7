"""Why a request is as urgent as it is: words of a closed set, kept with it, and how people read them. Pure."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from shared.categories import CATEGORIES


class Reason(StrEnum):
    CATEGORY = "category"  # this kind of trouble has this priority
    SERVICE_POINT = "service_point"  # who serves others cannot: many wait
    DUE_TODAY = "due_today"  # a deadline ends today
    SUGGESTED = "suggested"  # nobody named the category, the text did
    UNSURE = "unsure"  # nobody knows the category yet


DOUBTS: Final = frozenset({Reason.SUGGESTED, Reason.UNSURE})  # nobody has said yet what it is about

WORDS: Final[Mapping[Reason, tuple[str, str]]] = MappingProxyType(
    {
        Reason.CATEGORY: ("theo loại việc: {vi}", "by its category: {en}"),
        Reason.SERVICE_POINT: ("điểm phục vụ bị ngừng, nhiều người phải chờ", "a service point is down, many people wait"),
        Reason.DUE_TODAY: ("hạn nộp là hôm nay", "it is due today"),
        Reason.SUGGESTED: ("loại việc do máy đoán từ lời kể", "the category was suggested from the text"),
        Reason.UNSURE: ("chưa rõ loại việc, cần hỏi thêm", "the category is not known yet: ask"),
    }
)


def in_words(reasons: Iterable[str], category: str) -> dict[str, str]:
    """By language. Words that a newer version wrote are left out."""
    return dict(_in_words(tuple(reasons), category))


@lru_cache(maxsize=1000)
def _in_words(reasons: tuple[str, ...], category: str) -> Mapping[str, str]:
    known = CATEGORIES.get(category)
    labels = {"vi": known.label_vi, "en": known.label_en} if known else {"vi": category, "en": category}
    told = [WORDS[Reason(reason)] for reason in reasons if reason in set(Reason)]
    return {
        "vi": "; ".join(vi.format(**labels) for vi, _ in told),
        "en": "; ".join(en.format(**labels) for _, en in told),
    }
