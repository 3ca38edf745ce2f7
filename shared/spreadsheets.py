"""What is written for spreadsheets: no cell that one would run, and the same content as the same bytes. Pure."""

import io
import re
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

WITH_MARK: Final = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for something else
_RUN: Final = re.compile(r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]")  # what Excel, LibreOffice or Sheets take for a formula
_MODIFIED: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP knows


def safe(value: Any) -> Any:
    """Numbers as they are; a text that would be run begins with an apostrophe."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and _RUN.match(value) else value


def steady(book: bytes, at: str) -> bytes:
    """Without the moment at which it was written: the same report is the same file."""
    steady = io.BytesIO()
    stamp = rb"\g<1>" + at.encode()
    with ZipFile(io.BytesIO(book)) as draft, ZipFile(steady, "w", ZIP_DEFLATED) as archive:
        for name in sorted(draft.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = draft.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(stamp, content)
            archive.writestr(ZipInfo(name, _LONG_AGO), content, ZIP_DEFLATED)
    return steady.getvalue()
