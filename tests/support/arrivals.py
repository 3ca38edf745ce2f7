"""A desk that writes down what carriers hand to it; for tests of carriers and callbacks."""

from uuid import UUID

from notify.channels.port import InboundText, Receipt, ReceiptStatus
from shared.errors import DependencyDown


class RecordingArrivals:
    def __init__(self) -> None:
        self.receipts: list[Receipt] = []
        self.texts: list[InboundText] = []
        self.away = False  # True: answer like a desk whose database is away
        self.refused_ids: list[str] = []  # of what came while it was away

    @property
    def refused(self) -> int:
        return len(self.refused_ids)

    async def take_receipt(self, receipt: Receipt) -> None:
        self._check(str(receipt.attempt_id))
        self.receipts.append(receipt)

    async def take_text(self, text: InboundText) -> None:
        self._check(text.id)
        self.texts.append(text)

    def said_of(self, attempt_id: UUID) -> list[ReceiptStatus]:
        return [receipt.status for receipt in self.receipts if receipt.attempt_id == attempt_id]

    def _check(self, arrived: str) -> None:
        if self.away:
            self.refused_ids.append(arrived)
            raise DependencyDown("PostgreSQL")
