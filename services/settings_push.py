"""The settings of web push, mail and words to the people who run this. A part of services/settings.py, which reads them."""

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from notify.channels.fitting import is_mail_address
from notify.channels.push_sealing import Signer

# The services behind Chrome and Edge on Android and elsewhere, Firefox, Edge on Windows, Safari.
PUSH_HOSTS: Final = "fcm.googleapis.com,*.push.services.mozilla.com,*.notify.windows.com,web.push.apple.com"
_HOST: Final = re.compile(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")


def _push_key(value: SecretStr) -> SecretStr:
    try:
        Signer(value.get_secret_value(), "")
    except ValueError:
        raise ValueError("must be a private key as `techrescue push-key --new` makes one") from None
    return value


def _contact(value: str) -> str:
    if not value.startswith("https://") and not (value.startswith("mailto:") and is_mail_address(value.removeprefix("mailto:"))):
        raise ValueError("must be mailto:somebody@example.vn, or an https:// address")
    return value


def _hosts(value: str) -> str:
    if not all(_HOST.fullmatch(one) for one in value.split(",")):
        raise ValueError("must be names of hosts, separated by commas; *.name means all below it")
    return value


def _mailbox(value: str) -> str:
    if not is_mail_address(value):
        raise ValueError("must be an address like tin@example.vn")
    return value


class PushSettings(BaseSettings):
    """Each is used when `TECHRESCUE_CARRIERS` names it."""

    web_push_key: Annotated[SecretStr, AfterValidator(_push_key)] | None = Field(
        None, description="Web push: our private key (VAPID), under which browsers subscribe; another one forgets them all"
    )
    web_push_contact: Annotated[str, AfterValidator(_contact)] | None = Field(
        None, description="Web push: where the people of a push service reach us, `mailto:…` or `https://…`"
    )
    web_push_hosts: Annotated[str, AfterValidator(_hosts)] = Field(
        PUSH_HOSTS, description="Web push: the push services that we speak to; a browser that names another one is refused"
    )
    web_push_loopback: bool = Field(
        False, description="Tests only: web push speaks to this machine, over http, and to nobody else"
    )
    link_page: str = Field(
        "TechRescue",
        pattern=r"^[^\s./:][^\n./:]{0,39}$",
        description="Web push, mail: what the page is called where people link a browser or a mailbox; no address of it",
    )
    mail_host: str | None = Field(None, description="Mail: the SMTP server that takes our mails")
    mail_port: int = Field(587, ge=1, le=65535, description="Mail: its port")
    mail_security: Literal["tls", "starttls", "none"] = Field(
        "starttls", description="Mail: `tls` from the first byte (465), `starttls`, or `none` for a relay beside us"
    )
    mail_sender: Annotated[str, AfterValidator(_mailbox)] | None = Field(None, description="Mail: the address that it comes from")
    mail_username: str | None = Field(None, description="Mail: name to log in with; unset: the server takes our mails without")
    mail_password: SecretStr | None = Field(None, description="Mail: password to log in with")
    ops_alerts: SecretStr | None = Field(
        None, description="Whom the auditor tells what it finds: Apprise addresses, several separated by spaces; unset: the log"
    )

    @model_validator(mode="after")
    def _push_is_whole(self) -> Self:
        if (self.web_push_key is None) != (self.web_push_contact is None):
            raise ValueError("TECHRESCUE_WEB_PUSH_KEY and TECHRESCUE_WEB_PUSH_CONTACT need each other")
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if (self.mail_host is None) != (self.mail_sender is None):
            raise ValueError("TECHRESCUE_MAIL_HOST and TECHRESCUE_MAIL_SENDER need each other")
        if (self.mail_username is None) != (self.mail_password is None):
            raise ValueError("TECHRESCUE_MAIL_USERNAME and TECHRESCUE_MAIL_PASSWORD need each other")
        if self.mail_password is not None and self.mail_security == "none":
            raise ValueError("TECHRESCUE_MAIL_PASSWORD needs TECHRESCUE_MAIL_SECURITY=starttls or tls: it would travel in clear")
        return self
