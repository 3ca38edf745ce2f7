"""The settings of the other providers of texts: eSMS, SpeedSMS, Twilio. A part of services/settings.py, which reads them."""

from typing import Final, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from services.setting_kinds import HttpAddress

# What each provider cannot do without. None of it is set: the provider is not there.
NEEDED: Final = {
    "esms": ("api_key", "secret_key", "sender", "callback_url", "callback_secret"),
    "speedsms": ("token", "callback_secret"),
    "twilio": ("account", "token", "sender", "callback_url"),
}


class TextSettings(BaseSettings):
    """Each provider is there when all that it needs is, absent when nothing is; half of it stops the start."""

    esms_url: HttpAddress = Field("https://rest.esms.vn", description="eSMS: address of its API")
    esms_api_key: SecretStr | None = Field(None, description="eSMS: the account's ApiKey; unset: no eSMS")
    esms_secret_key: SecretStr | None = Field(None, description="eSMS: the account's SecretKey")
    esms_sender: str | None = Field(None, max_length=11, description="eSMS: the registered name that people see")
    esms_callback_url: HttpAddress | None = Field(None, description="eSMS: address under which it reaches notify")
    esms_callback_secret: SecretStr | None = Field(None, description="eSMS: what it must know to report receipts")
    esms_accents: bool = Field(False, description="eSMS: whether the name is registered for texts with all their marks")
    esms_cost_vnd: int = Field(0, ge=0, description="eSMS: what a part of an SMS costs by the contract")
    speedsms_url: HttpAddress = Field("https://api.speedsms.vn", description="SpeedSMS: address of its API")
    speedsms_token: SecretStr | None = Field(None, description="SpeedSMS: the account's access token; unset: no SpeedSMS")
    speedsms_type: int = Field(
        4, ge=2, le=5, description="SpeedSMS: 2 a random number, 3 our registered name, 4 theirs, 5 a telephone of ours"
    )
    speedsms_sender: str = Field(
        "", max_length=64, description="SpeedSMS: the name, or the telephone's id; types 3 and 5 need it"
    )
    speedsms_callback_secret: SecretStr | None = Field(
        None, description="SpeedSMS: last part of the address `/callbacks/speedsms/…` that its account was told"
    )
    speedsms_accents: bool = Field(False, description="SpeedSMS: whether this sender carries texts with all their marks")
    speedsms_cost_vnd: int = Field(0, ge=0, description="SpeedSMS: what a part of an SMS costs by the contract")
    twilio_url: HttpAddress = Field("https://api.twilio.com", description="Twilio, or whoever speaks like it: address of the API")
    twilio_account: str | None = Field(None, pattern=r"^[A-Za-z0-9]{1,64}$", description="Twilio: AccountSid; unset: no Twilio")
    twilio_token: SecretStr | None = Field(None, description="Twilio: AuthToken, with which it signs, too")
    twilio_sender: str | None = Field(None, description="Twilio: a number of ours (+…), a name, or a messaging service (MG…)")
    twilio_callback_url: HttpAddress | None = Field(
        None, description="Twilio: our public address exactly as it calls it; `/callbacks/twilio/sms` is where texts arrive"
    )
    twilio_cost_vnd: int = Field(0, ge=0, description="Twilio: what a part of an SMS costs by the contract")

    @model_validator(mode="after")
    def _texts_are_whole(self) -> Self:
        for provider, fields in NEEDED.items():
            missing = [f"TECHRESCUE_{provider}_{name}".upper() for name in fields if not getattr(self, f"{provider}_{name}")]
            if 0 < len(missing) < len(fields):
                raise ValueError(f"{provider} also needs {', '.join(missing)}")
        if self.speedsms_token and self.speedsms_type in {3, 5} and not self.speedsms_sender:
            raise ValueError("TECHRESCUE_SPEEDSMS_TYPE 3 and 5 need TECHRESCUE_SPEEDSMS_SENDER")
        return self
