"""Vietnamese without diacritics, letter for letter: the folded text has the same length, so that places in it can be compared."""

import unicodedata
from typing import Final


def _table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00), *range(0xFF21, 0xFF5B)):
        base = unicodedata.normalize("NFKD", chr(code))[0].lower()
        if code not in table and base.isascii() and base.isalpha():
            table[code] = base
    return table


_FOLD: Final = _table()


def folded(text: str) -> str:
    """Lower case, no diacritics; a letter stays one letter. Expects NFC."""
    return text.translate(_FOLD)
