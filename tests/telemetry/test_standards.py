"""The words of other standards."""

from __future__ import annotations

import pytest

from yuanli.telemetry import (
    Quality,
    Reason,
    Reliability,
    from_bacnet,
    from_opc_ua,
    from_qartod,
    to_bacnet,
    to_opc_ua,
    to_qartod,
)


@pytest.mark.parametrize("quality", list(Quality))
def test_opc_ua_gives_back_what_it_was_told_whatever_the_reason(quality: Quality) -> None:
    for reason in (Reason.NONE, *Reason):
        assert from_opc_ua(to_opc_ua(quality, reason)) is quality


@pytest.mark.parametrize("quality", list(Quality))
def test_qartod_knows_no_estimates(quality: Quality) -> None:
    expected = Quality.SUSPECT if quality is Quality.ESTIMATED else quality
    assert from_qartod(to_qartod(quality)) is expected


def test_bacnet_tells_why() -> None:
    assert to_bacnet(Quality.GOOD).reliability is Reliability.NO_FAULT_DETECTED
    assert to_bacnet(Quality.BAD, Reason.SENTINEL).reliability is Reliability.NO_SENSOR
    assert to_bacnet(Quality.BAD, Reason.HARD_RANGE).fault
    assert to_bacnet(Quality.GOOD, Reason.MANUAL).overridden
    assert from_bacnet(to_bacnet(Quality.GOOD)) is Quality.GOOD
    assert from_bacnet(to_bacnet(Quality.BAD, Reason.STUCK)) is Quality.BAD
    assert from_bacnet(to_bacnet(Quality.MISSING)) is Quality.MISSING
