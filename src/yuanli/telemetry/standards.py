"""Quality and reasons in the words of other standards, and back from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from yuanli.telemetry.quality import Quality, Reason


class Qartod(IntEnum):
    """Flags of the U.S. IOOS quality manuals (QARTOD, 2020)."""

    PASS = 1
    NOT_EVALUATED = 2
    SUSPECT = 3
    FAIL = 4
    MISSING = 9


class Reliability(IntEnum):
    """BACnet's `Reliability` (ASHRAE 135, clause 21), as far as readings need it."""

    NO_FAULT_DETECTED = 0
    NO_SENSOR = 1
    OVER_RANGE = 2
    UNRELIABLE_OTHER = 7
    CONFIGURATION_ERROR = 10
    COMMUNICATION_FAILURE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class BacnetStatus:
    """BACnet's reliability and the two of its status flags that a judgement sets."""

    reliability: Reliability
    fault: bool
    overridden: bool


QARTOD = {
    Quality.GOOD: Qartod.PASS,
    Quality.ESTIMATED: Qartod.SUSPECT,
    Quality.SUSPECT: Qartod.SUSPECT,
    Quality.BAD: Qartod.FAIL,
    Quality.MISSING: Qartod.MISSING,
}
OPC_UA = {
    Quality.GOOD: 0x0000_0000,
    Quality.ESTIMATED: 0x0000_0402,
    Quality.SUSPECT: 0x4000_0000,
    Quality.BAD: 0x8000_0000,
    Quality.MISSING: 0x809B_0000,
}
"""Good, Good with the historian's bit "interpolated", Uncertain, Bad, BadNoData."""
OPC_UA_NOTHING = frozenset(
    {
        0x8005_0000,
        0x8031_0000,
        0x8032_0000,
        0x808A_0000,
        0x809B_0000,
        0x809D_0000,
        0x809E_0000,
        0x80F0_0000,
        0x00A5_0000,
    }
)
"""BadCommunicationError, BadNoCommunication, BadWaitingForInitialData, BadNotConnected, BadNoData, BadDataLost,
BadDataUnavailable, BadNoValue, GoodNoData: nothing was measured."""
OPC_UA_REASONS = (
    (Quality.BAD, Reason.SENTINEL | Reason.STUCK | Reason.SPIKE, 0x808C_0000),
    (Quality.BAD, Reason.HARD_RANGE, 0x803C_0000),
    (Quality.SUSPECT, Reason.UNIT | Reason.SOFT_RANGE, 0x4094_0000),
    (Quality.SUSPECT, Reason.DRIFT | Reason.OFFSET | Reason.NOISE, 0x4093_0000),
    (Quality.GOOD, Reason.MANUAL, 0x0096_0000),
)
"""BadSensorFailure, BadOutOfRange, UncertainEngineeringUnitsExceeded, UncertainSensorNotAccurate, GoodLocalOverride."""


def to_qartod(quality: Quality) -> Qartod:
    """Return QARTOD's flag; an estimate is suspect, since its flags are of what was measured."""
    return QARTOD[quality]


def from_qartod(flag: Qartod) -> Quality:
    """Return our quality; what was not evaluated is taken as it came."""
    return {
        Qartod.PASS: Quality.GOOD,
        Qartod.NOT_EVALUATED: Quality.GOOD,
        Qartod.SUSPECT: Quality.SUSPECT,
        Qartod.FAIL: Quality.BAD,
        Qartod.MISSING: Quality.MISSING,
    }[flag]


def to_opc_ua(quality: Quality, reason: Reason = Reason.NONE) -> int:
    """Return OPC UA's status code (OPC 10000-4 and 10000-8), the most telling one of the reason.

    >>> hex(to_opc_ua(Quality.BAD, Reason.HARD_RANGE))
    '0x803c0000'
    """
    for of, reasons, code in OPC_UA_REASONS:
        if of is quality and reason & reasons:
            return code
    return OPC_UA[quality]


def from_opc_ua(status: int) -> Quality:
    """Return our quality of an OPC UA status code, by its severity."""
    if status & 0xFFFF_0000 in OPC_UA_NOTHING:
        return Quality.MISSING
    severity = status >> 30 & 0b11
    if severity == 0:
        return Quality.ESTIMATED if status & 0x0403 == 0x0402 else Quality.GOOD
    return Quality.SUSPECT if severity == 1 else Quality.BAD


def to_bacnet(quality: Quality, reason: Reason = Reason.NONE) -> BacnetStatus:
    """Return BACnet's reliability and status flags."""
    reliability = Reliability.NO_FAULT_DETECTED
    if quality is Quality.MISSING:
        reliability = Reliability.COMMUNICATION_FAILURE
    elif reason & Reason.SENTINEL:
        reliability = Reliability.NO_SENSOR
    elif reason & Reason.HARD_RANGE:
        reliability = Reliability.OVER_RANGE
    elif reason & Reason.UNIT:
        reliability = Reliability.CONFIGURATION_ERROR
    elif quality >= Quality.SUSPECT:
        reliability = Reliability.UNRELIABLE_OTHER
    return BacnetStatus(
        reliability=reliability,
        fault=reliability is not Reliability.NO_FAULT_DETECTED,
        overridden=bool(reason & Reason.MANUAL),
    )


def from_bacnet(status: BacnetStatus) -> Quality:
    """Return our quality of a BACnet point."""
    if status.reliability in (Reliability.COMMUNICATION_FAILURE, Reliability.NO_SENSOR):
        return Quality.MISSING
    return Quality.BAD if status.fault else Quality.GOOD
