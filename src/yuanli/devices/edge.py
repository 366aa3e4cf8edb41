"""The intake of a gateway computer: what its gateways read is kept in a spool, to be sent on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from yuanli.campus import CampusId
from yuanli.devices.spool import Spool
from yuanli.operations import Delivery, Receipt, RefusedRow
from yuanli.telemetry import Row, encode_json

MOST_ROWS = 5_000
"""How many readings one parcel holds: some 0.6 MB."""


class SpoolIntake:
    """Fills `ReadingIntake`: readings are in the spool, as JSON by campus, when they are acknowledged.

    What they are called is left to the server, which knows the points.

    Parameters
    ----------
    topic
        Returns where the readings of a campus are sent to.
    clock
        µs since 1970: the time of readings without one.

    Raises
    ------
    SpoolFullError
        By `take`: nothing more is kept, and gateways try again.
    """

    def __init__(self, spool: Spool, *, topic: Callable[[CampusId], str], clock: Callable[[], int]) -> None:
        self._spool, self._topic, self._clock = spool, topic, clock

    def take(self, deliveries: Sequence[Delivery], *, partial: bool = False) -> Receipt:  # noqa: ARG002
        """Keep the readings of deliveries; rows that can't be read are told in the receipt."""
        now = self._clock()
        rows: dict[CampusId, list[Row]] = defaultdict(list)
        refused: list[RefusedRow] = []
        for number, delivery in enumerate(deliveries):
            received = now if delivery.received is None else delivery.received
            rows[delivery.campus_id] += named_rows(delivery, received)
            refused += (
                RefusedRow(delivery=number, row=fault.row, field=fault.field, value=fault.value, message=fault.message)
                for fault in delivery.decoded.faults
            )  # fmt: skip
        for campus_id, own in rows.items():
            for first in range(0, len(own), MOST_ROWS):
                body = encode_json(own[first : first + MOST_ROWS]).encode()
                self._spool.add(body, topic=self._topic(campus_id))
        return Receipt(kept=sum(map(len, rows.values())), refused=tuple(refused))


def named_rows(delivery: Delivery, received: int) -> Iterator[Row]:
    """Yield the rows of a delivery with all that its topic says of them; a site stands before its device."""
    for row in delivery.decoded.rows:
        device = row.device or delivery.device
        parts = [part for part in (delivery.site, device) if part]
        yield replace(
            row, point=row.point or delivery.point, device="/".join(parts) or None,
            at=received if row.at is None else row.at,
        )  # fmt: skip
