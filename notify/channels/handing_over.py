"""The one way to a carrier: what its code raises that the port does not know becomes a word of the port, and is said loudly."""

from uuid import UUID

from notify.channels.port import Carrier, CarrierBroken, CarrierDown, CarrierRefused, CarrierUncertain, Outgoing, Submission
from shared.telemetry.logs import logger

log = logger()


async def hand_over(carrier: Carrier, outgoing: Outgoing, *, message_id: UUID | None = None) -> Submission:
    """Raises what the port has, and nothing else: what one address can break must not end the loop that sends everybody's."""
    try:
        return await carrier.send(outgoing)
    except (CarrierRefused, CarrierDown, CarrierUncertain):
        raise
    except Exception as error:  # noqa: BLE001 - translated: the port has a word for what nobody knows
        log.error(  # noqa: TRY400 - an exception's text may hold the number
            "notify.send.broken", message_id=str(message_id or outgoing.id), carrier=carrier.name, error=type(error).__name__
        )
        raise CarrierBroken from None
