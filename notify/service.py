"""The parts of notify that a process runs: routes, consumer, sender, replies, sweeper, relay. Wiring only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import asyncpg
from fastapi import APIRouter

from notify.accounts.door import AccountDoor, accounts_router
from notify.accounts.greeting import Greeter
from notify.answers.replies import Replies
from notify.broadcasts.api import broadcasts_router
from notify.broadcasts.desk import Broadcasts
from notify.broadcasts.lane import BroadcastLane
from notify.callbacks.arrivals import Desk
from notify.callbacks.missed_calls import missed_calls_router
from notify.calls.api import router
from notify.calls.bridge import CallBridge
from notify.calls.connecting import Connector
from notify.calls.desk import Calls
from notify.channels.port import Arrivals, Carrier
from notify.consumer import Notifier
from notify.forgetting import Forgetting
from notify.groups import READING
from notify.reports.api import reports_router
from notify.reports.campaign import Campaign, read_campaign
from notify.sending.blackout import Blackout
from notify.sending.budget import Purse
from notify.sending.budget_watch import BudgetWatch
from notify.sending.probe import Prober, ProbeSettings
from notify.sending.sender import Sender
from notify.sending.sweeper import Sweeper
from notify.settings import NotifySettings
from notify.sla import rows as sla_rows
from notify.sla.equity import EquityWatch
from notify.sla.metrics import SLA_SERIES
from notify.zeros import show_zeros
from shared.events.contract import ChannelKind
from shared.lifecycle import Loop, Parts
from shared.pacing import Bell
from shared.security.tokens import Tokens
from shared.security.vault import Vault
from shared.transport.consumer import Consumer
from shared.transport.dead_letters import DeadLetters
from shared.transport.port import Transport
from shared.transport.relay import Relay

SCHEMA: Final = "notify"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriage:
    """The providers of a deployment, and what comes with them."""

    carriers: Sequence[Carrier]  # of each channel the preferred one first
    routers: Sequence[APIRouter] = ()
    loops: Sequence[Loop] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyDeps:
    """`pool` acts as the role of schema notify; `carriage` gets the desk where what comes back is handed in."""

    pool: asyncpg.Pool
    vault: Vault
    tokens: Tokens
    transport: Transport
    carriage: Callable[[Arrivals], Carriage]
    settings: NotifySettings = field(default_factory=NotifySettings)
    bridge: CallBridge | None = None  # None: the hotline's own people connect a helper and a resident
    probes: ProbeSettings | None = None
    campaign: Campaign = field(default_factory=lambda: read_campaign(None))


def parts(deps: NotifyDeps) -> Parts:
    pool, vault, settings, purse = deps.pool, deps.vault, deps.settings, Purse(deps.settings.budgets)
    to_send, to_read, to_hand_out = Bell(), Bell(), Bell()
    show_zeros()
    relay, greeter = Relay(pool, deps.transport, SCHEMA), Greeter()
    desk = Desk(pool, vault, settings, to_read, greeter=greeter, more=to_send.ring, told=relay.wake)
    carriage = _with_greeter(deps.carriage(desk), greeter)
    addresses = deps.probes.addresses if deps.probes else {}
    sender = Sender(pool, vault, carriage.carriers, settings, to_send, wake=[relay.wake], purse=purse, own_addresses=addresses)
    broadcasts = Broadcasts(pool, settings, price_vnd=_price_vnd(carriage), wake=[to_hand_out.ring, relay.wake])
    notifier = Notifier(pool, vault, settings, outlet=sender, wake=to_send.ring, told=relay.wake)
    return Parts(
        routers=[
            router(Calls(pool, vault)),
            accounts_router(AccountDoor(pool, vault, settings.city, carriage.carriers, wake=to_send.ring)),
            missed_calls_router(desk),
            reports_router(pool, settings.city, deps.campaign),
            broadcasts_router(broadcasts),
            *carriage.routers,
        ],
        loops=[
            sender,
            BroadcastLane(pool, vault, sender, settings, to_hand_out, purse=purse, more=to_send.ring),
            Replies(pool, vault, settings, to_read, wake=[to_send.ring, relay.wake]),
            Sweeper(pool, carriage.carriers, settings, wake=[to_send.ring, relay.wake], vault=vault),
            sla_rows.SlaCounter(pool, SLA_SERIES.show),
            *([Prober(pool, carriage.carriers, deps.probes)] if deps.probes else []),
            Blackout(pool, sender, settings, wake=relay.wake),
            BudgetWatch(pool, purse),
            Forgetting(pool, settings.keeping),
            EquityWatch(pool, settings.city),
            *([Connector(pool, vault, deps.bridge, told=relay.wake)] if deps.bridge else []),
            *carriage.loops,
        ],
        consumers=[
            Consumer(deps.transport.source((topic,), group, hurried=hurried), notifier.handle, DeadLetters(pool), group)
            for group, topic, hurried in READING
        ],
        relay=relay,
    )


def _with_greeter(carriage: Carriage, greeter: Greeter) -> Carriage:
    """Whom the desk owes an answer, the providers are there to take it."""
    greeter.serve(carriage.carriers)
    return replace(carriage, loops=[*carriage.loops, greeter])


def _price_vnd(carriage: Carriage) -> int:
    """What a part of a text costs over the preferred provider."""
    texts = (carrier.abilities for carrier in carriage.carriers if carrier.abilities.channel is ChannelKind.SMS)
    return next((abilities.cost_vnd for abilities in texts), 0)
