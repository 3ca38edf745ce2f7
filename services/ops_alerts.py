"""Who is told when something is wrong with the system itself: from our settings to an OpsAlerts. Wiring only."""

from services.settings import Settings, variable
from services.text_providers import plain
from shared.errors import Misconfigured
from shared.ops import LoggedAlerts, OpsAlerts
from shared.ops_apprise import AppriseAlerts


def ops_alerts(settings: Settings) -> OpsAlerts:
    """Raises Misconfigured: an address that nobody can be told at would be noticed on the day it is needed."""
    places = plain(settings.ops_alerts).split()
    if not places:
        return LoggedAlerts()
    try:
        return AppriseAlerts(places)
    except ValueError:
        raise Misconfigured(f"{variable('ops_alerts')}: one of its addresses is none that Apprise knows") from None
