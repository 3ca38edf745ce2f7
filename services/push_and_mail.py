"""Web push and mail as providers: from our settings to their adapters. Whole, because a start without one of them is refused."""

from typing import Final

from notify.channels.mail import MailSettings
from notify.channels.web_push import WebPushSettings
from services.settings_push import PushSettings
from services.text_providers import plain

WEB_PUSH_NEEDS: Final = ("web_push_key", "web_push_contact")
MAIL_NEEDS: Final = ("mail_host", "mail_sender")


def web_push_settings(settings: PushSettings) -> WebPushSettings:
    return WebPushSettings(
        key=plain(settings.web_push_key),
        contact=settings.web_push_contact or "",
        hosts=tuple(settings.web_push_hosts.split(",")),
        loopback=settings.web_push_loopback,
    )


def mail_settings(settings: PushSettings) -> MailSettings:
    return MailSettings(
        host=settings.mail_host or "",
        port=settings.mail_port,
        security=settings.mail_security,
        sender=settings.mail_sender or "",
        username=settings.mail_username,
        password=plain(settings.mail_password) or None,
    )
