"""The settings of chats: Telegram, and Zalo with its templates. A part of services/settings.py, which reads them."""

import re
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from services.setting_kinds import HttpAddress

_BOT_TOKEN: Final = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_HEADER_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{16,256}")


def _bot_token(value: SecretStr) -> SecretStr:
    if not _BOT_TOKEN.fullmatch(value.get_secret_value()):
        raise ValueError("must look like 123456:ABC-DEF, as BotFather gave it")
    return value


def _header_secret(value: SecretStr) -> SecretStr:
    if not _HEADER_SECRET.fullmatch(value.get_secret_value()):
        raise ValueError("must be 16 to 256 letters, digits, _ or -")
    return value


class ChatSettings(BaseSettings):
    """Half the secrets of a provider stop the start. It is used when `TECHRESCUE_CARRIERS` names it."""

    telegram_url: HttpAddress = Field("https://api.telegram.org", description="Telegram: address of the Bot API")
    telegram_token: Annotated[SecretStr, AfterValidator(_bot_token)] | None = Field(
        None, description="Telegram: the bot's token; needed by `telegram` in `TECHRESCUE_CARRIERS`"
    )
    telegram_callback_secret: Annotated[SecretStr, AfterValidator(_header_secret)] | None = Field(
        None, description="Telegram: the `secret_token` that setWebhook was told for `/callbacks/telegram`"
    )
    telegram_name: str = Field(
        "TechRescue",
        pattern=r"^[^\s./:][^\n./:]{0,39}$",
        description="Telegram: what our account is called, for whoever links theirs",
    )
    zalo_name: str = Field(
        "TechRescue",
        pattern=r"^[^\s./:][^\n./:]{0,39}$",
        description="Zalo: what our account is called, for whoever links theirs",
    )
    zalo_app_id: str | None = Field(
        None,
        pattern=r"^[0-9]{1,32}$",
        description="Zalo: the account's app; needed by `zalo` and `zns` in `TECHRESCUE_CARRIERS`",
    )
    zalo_app_secret: SecretStr | None = Field(None, description="Zalo: the app's secret, with which its tokens are renewed")
    zalo_webhook_secret: SecretStr | None = Field(
        None, description="Zalo: the secret shown beside the webhook `/callbacks/zalo`; not the app's"
    )
    zalo_url: HttpAddress = Field("https://openapi.zalo.me", description="Zalo: address of the account's API")
    zalo_oauth_url: HttpAddress = Field("https://oauth.zaloapp.com", description="Zalo: address where tokens are renewed")
    zalo_cost_vnd: int = Field(0, ge=0, description="Zalo: what a message in the chat costs by the contract")
    zalo_zns_url: HttpAddress = Field("https://business.openapi.zalo.me", description="ZNS: address of the templates' API")
    zalo_zns_templates: Path | None = Field(
        None, description="ZNS: file of the approved templates (`ops/zalo/zns-templates.json` is an example); needed by `zns`"
    )
    zalo_zns_cost_vnd: int = Field(0, ge=0, description="ZNS: what a template message costs by the contract")

    @model_validator(mode="after")
    def _telegram_is_whole(self) -> Self:
        if (self.telegram_token is None) != (self.telegram_callback_secret is None):
            raise ValueError("TECHRESCUE_TELEGRAM_TOKEN and TECHRESCUE_TELEGRAM_CALLBACK_SECRET need each other")
        return self

    @model_validator(mode="after")
    def _zalo_is_whole(self) -> Self:
        whole = {"APP_ID": self.zalo_app_id, "APP_SECRET": self.zalo_app_secret, "WEBHOOK_SECRET": self.zalo_webhook_secret}
        missing = [f"TECHRESCUE_ZALO_{name}" for name, value in whole.items() if not value]
        if 0 < len(missing) < len(whole):
            raise ValueError(f"Zalo also needs {', '.join(missing)}")
        if self.zalo_zns_templates is not None and missing:
            raise ValueError("TECHRESCUE_ZALO_ZNS_TEMPLATES needs TECHRESCUE_ZALO_APP_ID and its secrets")
        return self
