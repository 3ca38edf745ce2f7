"""Kinds of settings that several lists of them share: what makes a value one that a process can start with."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _address(value: str) -> str:
    if urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname:
        raise ValueError("must start with http:// or https:// and name a host")
    return value.rstrip("/")


HttpAddress = Annotated[str, AfterValidator(_address)]
