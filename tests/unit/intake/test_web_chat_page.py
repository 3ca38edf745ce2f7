"""The page of the web chat: it warns on every screen, loads nothing from anywhere, and can be used without a mouse."""

import base64
import hashlib
import re
from html.parser import HTMLParser

from intake.web_chat.page import HEADERS, PAGE

PARTS = {tag: re.findall(rf"<{tag}>(.*?)</{tag}>", PAGE, re.DOTALL) for tag in ("style", "script")}


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def elements() -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(PAGE)
    return parser.found


def test_it_says_first_of_all_that_we_never_ask_for_an_otp_or_money_and_the_number() -> None:
    before_talk = PAGE.partition('<main id="talk"')[0]
    assert "Chúng tôi không bao giờ hỏi mã OTP, mật khẩu hay tiền." in before_talk
    assert "We never ask for an OTP, a password or money." in before_talk
    assert 'href="tel:1022"' in before_talk
    assert "position: fixed" not in PAGE  # nothing lies over it
    assert "innerHTML = hello" in PAGE  # what a new chat clears is the talk, never the warning


def test_it_loads_nothing_from_anywhere_and_runs_only_what_stands_in_it() -> None:
    assert not re.search(r"https?://|//[a-z]", PAGE.replace("/* the", ""))
    assert not [attrs for _, attrs in elements() if any(name.startswith("on") for name in attrs)]
    assert {attrs.get("href") for _, attrs in elements() if "href" in attrs} == {"data:,", "tel:1022"}
    policy = HEADERS["content-security-policy"]
    for tag in ("style", "script"):
        (text,) = PARTS[tag]
        assert base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_what_others_wrote_is_never_read_as_html() -> None:
    (script,) = PARTS["script"]
    assert script.count("innerHTML") == 2  # our own greeting, kept and put back
    assert "insertAdjacentHTML" not in script
    assert "document.write" not in script


def test_a_screen_reader_hears_what_comes_and_knows_every_field() -> None:
    found = elements()
    assert ("html", {"lang": "vi"}) in found
    log = next(attrs for tag, attrs in found if attrs.get("id") == "talk")
    assert (log["role"], log["aria-live"], log["tabindex"]) == ("log", "polite", "0")
    assert next(attrs for tag, attrs in found if attrs.get("id") == "state")["role"] == "status"
    fields = [attrs["id"] for tag, attrs in found if tag in {"textarea", "input", "select"}]
    assert fields == [attrs["for"] for tag, attrs in found if tag == "label"]
    assert all(tag != "div" or "onclick" not in attrs for tag, attrs in found)
    assert "font: 20px" in PAGE
    assert "user-scalable" not in PAGE
