"""`python -m services.notify`: who is told, and proof of it."""

from typing import Final

from notify.calls.bridge import CallBridge
from notify.channels.http_bridge import BridgeSettings, open_bridge
from notify.forgetting import Keeping
from notify.message import SendingRules
from notify.reports.campaign import read_campaign
from notify.sending.budget import Budgets
from notify.sending.probe import ProbeSettings
from notify.service import NotifyDeps, parts
from notify.settings import NotifySettings
from services.carriers import open_carriers
from services.chats import templated
from services.entry import main
from services.process import Base, Room, production
from services.settings import Settings, probes_of
from shared.events.contract import ChannelKind
from shared.lifecycle import Parts


async def build(base: Base) -> Parts:
    carriage, served = await open_carriers(base)
    sending = SendingRules(served=served, templated=templated(base.settings) if ChannelKind.ZNS in served else frozenset())
    names = {
        ChannelKind.TELEGRAM: base.settings.telegram_name,
        ChannelKind.ZALO: base.settings.zalo_name,
        ChannelKind.WEB_PUSH: base.settings.link_page,
        ChannelKind.EMAIL: base.settings.link_page,
    }
    settings = NotifySettings(
        city=base.settings.city,
        sending=sending,
        chats={channel: name for channel, name in names.items() if channel in served},
        answer_to=base.settings.answer_to,
        missed_call_number=base.settings.missed_call_number,
        budgets=budgets_of(base.settings),
        outage_seconds=base.settings.outage_seconds,
        outage_calls=base.settings.outage_calls,
        keeping=Keeping(
            texts_days=base.settings.keep_texts_days,
            refs_days=base.settings.keep_receipts_days,
            phones_days=base.settings.keep_details_days,
        ),
        broadcast_per_second=base.settings.broadcast_per_second,
    )
    return parts(
        NotifyDeps(
            pool=base.pool,
            vault=base.vault,
            tokens=base.tokens,
            transport=base.transport,
            carriage=carriage,
            settings=settings,
            bridge=await _bridge(base),
            probes=_probes(base.settings),
            campaign=read_campaign(base.settings.campaign_file),
        )
    )


def budgets_of(settings: Settings) -> Budgets:
    return Budgets(
        day_vnd=settings.budget_day_vnd,
        commune_day_vnd=settings.budget_commune_day_vnd,
        alarm_share=settings.budget_alarm_share,
    )


def _probes(settings: Settings) -> ProbeSettings | None:
    if settings.probes is None:
        return None
    return ProbeSettings(addresses=probes_of(settings.probes), every_seconds=settings.probe_minutes * 60)


async def _bridge(base: Base) -> CallBridge | None:
    settings = base.settings
    if settings.bridge_url is None or settings.bridge_token is None:
        return None
    token = settings.bridge_token.get_secret_value()
    bridge = BridgeSettings(url=settings.bridge_url, token=token, hotline=settings.hotline_phone)
    return await base.life.enter(open_bridge(bridge))


ROOM: Final = Room("notify", build)

if __name__ == "__main__":
    main(production([ROOM]))
