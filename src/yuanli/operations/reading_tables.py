"""Readings of points as one table: as they came, what holds, why, and on demand in the flags of other standards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from yuanli.campus import CampusId, PointId
from yuanli.operations.moments import EPOCH, MICROSECOND
from yuanli.operations.telemetry import Lineage, Telemetry, reasons_of
from yuanli.telemetry import Quality, Reason, Series, to_bacnet, to_opc_ua, to_qartod

Column = NDArray[np.generic]
MOST_ROWS = 1_000_000


class Standard(StrEnum):
    """Whose flags readings are given in, beside our own."""

    OPC_UA = "opc_ua"
    BACNET = "bacnet"
    QARTOD = "qartod"


def reading_table(
    telemetry: Telemetry,
    campus_id: CampusId,
    point_ids: Sequence[PointId],
    start: datetime,
    end: datetime,
    *,
    flags: Sequence[Standard] = (),
    lineage: bool = False,
) -> dict[str, Column]:
    """Return the readings of points in `[start, end)`, a column each, by point and time.

    Parameters
    ----------
    flags
        Adds the columns `opc_ua_status`; `bacnet_reliability`, `bacnet_status_flags`; `qartod_flag`.
    lineage
        Adds `rules_version`, `judged_on` and `judgement_run`: who judged each reading, empty where nobody has.

    Raises
    ------
    PointNotFoundError, RangeError
        There is no such point; the span is empty or holds more than a million readings.
    """
    series = telemetry.raw_series(campus_id, point_ids, start, end, most=MOST_ROWS)
    parts = [_part(point, own, flags) for point, own in zip(point_ids, series, strict=True)]
    if lineage:
        for point, own, part in zip(point_ids, series, parts, strict=True):
            part |= _lineage(own, telemetry.lineage(campus_id, point, start, end))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]} if parts else {}


def _part(point: PointId, series: Series, flags: Sequence[Standard]) -> dict[str, Column]:
    pairs, place = np.unique(
        np.stack([series.quality.astype(np.int64), series.reason.astype(np.int64)]), axis=1, return_inverse=True
    )  # fmt: skip
    judged = [(Quality(int(quality)), Reason(int(reason))) for quality, reason in pairs.T]

    def told(make: Callable[[Quality, Reason], object]) -> Column:
        made = np.array([make(quality, reason) for quality, reason in judged], dtype=object)
        return made[place.reshape(-1)] if len(made) else made

    columns: dict[str, Column] = {
        "point": np.full(len(series), str(point), dtype=object),
        "time": series.at.astype("datetime64[us]"),
        "raw": series.raw, "value": series.value,
        "quality": told(lambda quality, reason: quality.name.lower()),
        "reasons": told(lambda quality, reason: " ".join(reasons_of(reason))),
    }  # fmt: skip
    if Standard.OPC_UA in flags:
        columns["opc_ua_status"] = told(lambda quality, reason: f"0x{to_opc_ua(quality, reason):08X}")
    if Standard.BACNET in flags:
        columns["bacnet_reliability"] = told(
            lambda quality, reason: to_bacnet(quality, reason).reliability.name.lower().replace("_", "-")
        )
        columns["bacnet_status_flags"] = told(lambda quality, reason: _status_flags(quality, reason))
    if Standard.QARTOD in flags:
        columns["qartod_flag"] = told(lambda quality, reason: str(int(to_qartod(quality))))
    return columns


def _status_flags(quality: Quality, reason: Reason) -> str:
    """Return BACnet's four status flags as it writes them: in alarm, fault, overridden, out of service."""
    status = to_bacnet(quality, reason)
    return f"0{int(status.fault)}{int(status.overridden)}0"


def _lineage(series: Series, spans: Sequence[Lineage]) -> Mapping[str, Column]:
    columns: dict[str, Column] = {
        name: np.full(len(series), "", dtype=object) for name in ("rules_version", "judged_on", "judgement_run")
    }  # fmt: skip
    for span in spans:
        first, last = np.searchsorted(
            series.at, [(moment - EPOCH) // MICROSECOND for moment in (span.start, span.end)]
        )
        columns["rules_version"][first:last] = str(span.version)
        columns["judged_on"][first:last] = span.judged_on.isoformat()
        columns["judgement_run"][first:last] = str(span.run)
    return columns
