"""May these plainer words stand in the place of an entry's steps? Only if they say no more than it does. Pure.

A language model is somebody whose word nobody has checked. What never to do, title, id and owner are not its business at all.
"""

import json
import re
import unicodedata
from typing import Any, Final

from shared.folding import folded
from shared.lures import lure_in

LONGEST_FACTOR, LONGEST_MORE = 2, 40  # characters of a step: plainer words are more words, not a story
SHARED: Final = 0.3  # of an entry's own words that plainer ones still hold: below it is about something else
MOST_LURES: Final = 20  # of one step that are looked at
_DIGITS: Final = re.compile(r"\d+")
_WORD: Final = re.compile(r"[^\W\d_]+")
_CLAUSE: Final = re.compile(r"[.,;:!?…–—]")
# Without its "not", or with one more, a step says the opposite.
_NOT: Final = re.compile(r"\b(?:không|khong|đừng|chớ|chẳng|chưa|chua|not|never|no|nor|without|cannot)\b|n['’]t\b")
# Markup of any kind: what shows these words shows them as they stand, and reads them aloud.
_SIGN: Final = re.compile(r"[^\w\s.,;:!?()\"'“”‘’…–—-]|_")
_FENCE: Final = re.compile(r"^\s*```[a-z]*\s*|\s*```\s*$")
# Whom and what an entry speaks of is its own to say: none of these may come in by rewording.
_RISKY_WORDS: Final = (
    "đọc|gửi|chuyển|cung cấp|chia sẻ|tiết lộ|nạp|quét|trả tiền|tải về|cài|bấm|gọi|liên hệ|cán bộ|công an|nhân viên|tổng đài"
    "|người gọi|ngân hàng|zalo|telegram|facebook|messenger|viber|whatsapp|teamviewer|anydesk|ultraviewer|apk|mã|otp|pin|passcode"
    "|mật khẩu|thẻ|tài khoản|tiền|phí|read|tell|say|send|share|give|transfer|pay|call|text|contact|download|install|click|code"
    "|password|card|account|money|fee|officer|police|staff|bank|agent"
)
_ENGLISH: Final = frozenset({"the"})  # without its mark "thẻ" is a word of every English sentence


def _either_way(phrase: str) -> str:
    """With its marks, or without any."""
    forms = {phrase} if folded(phrase) in _ENGLISH else {phrase, folded(phrase)}
    return "|".join(sorted(forms))


_RISKY: Final = re.compile(rf"\b(?:{'|'.join(map(_either_way, _RISKY_WORDS.split('|')))})\b")


def steps_in(answer: bytes) -> list[str] | None:
    """What an OpenAI-compatible server said: one JSON list of texts. None: anything else."""
    try:
        told: Any = json.loads(answer)["choices"][0]["message"]["content"]
        steps = json.loads(_FENCE.sub("", told))
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None
    fits = isinstance(steps, list) and all(isinstance(step, str) for step in steps)
    return [" ".join(step.split()) for step in steps] if fits else None


def is_faithful(own: tuple[str, ...], said: list[str]) -> bool:
    """As many steps, each of them about as long, about the same, and without anything that its step does not say."""
    return len(own) == len(said) and all(_says_no_more(step, new) for step, new in zip(own, said, strict=True))


def _says_no_more(own: str, said: str) -> bool:
    if not said or len(said) > len(own) * LONGEST_FACTOR + LONGEST_MORE or not said.isprintable():
        return False
    if any(set(found.findall(said)) - set(found.findall(own)) for found in (_DIGITS, _SIGN)):
        return False
    mine, theirs = _lower(own), _lower(said)
    if _risks(theirs) - _risks(mine) or _asked_for(theirs) - _asked_for(mine):
        return False
    if len(_NOT.findall(theirs)) != len(_NOT.findall(mine)):
        return False
    words, kept = set(_WORD.findall(folded(own))), set(_WORD.findall(folded(said)))
    return len(words & kept) >= SHARED * len(words) and not _baited(own, said)


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _risks(text: str) -> set[str]:
    return {folded(found) for found in _RISKY.findall(text)}


def _asked_for(text: str) -> set[str]:
    """Those that stand in no "do not …"."""
    return {risk for clause in _CLAUSE.split(text) if _NOT.search(clause) is None for risk in _risks(clause)}


def _baited(own: str, said: str) -> bool:
    """What frauds are made of stands in some entries for a reason; then in the same words."""
    mine, left = folded(own), said
    for _ in range(MOST_LURES):
        lure = lure_in(left)
        if lure is None:
            return False
        if folded(lure.found) not in mine or lure.found not in left:
            return True
        left = left.replace(lure.found, " ")
    return True
