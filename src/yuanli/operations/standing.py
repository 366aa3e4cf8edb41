"""Commands that wait until nobody is left, or for their time: looked at each minute, done, or given up in time.

Each is sent by right of who asked for it, as that is then: it ends where they may not command devices any more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from yuanli.campus import CampusId, FeatureId
from yuanli.errors import NotFoundError, Text, YuanliError
from yuanli.language import occurrences
from yuanli.operations.accounts import UserDisabledError, UserNotFoundError
from yuanli.operations.callers import Caller, NotAllowedError
from yuanli.operations.command_log import CommandRequest, WriteState
from yuanli.operations.commands import Commands
from yuanli.operations.rights import Right
from yuanli.operations.twin import Twin
from yuanli.operations.twin_state import TwinQuantity

log = logging.getLogger(__name__)


class OrderNotFoundError(NotFoundError):
    """The campus has no such standing order."""


class OrderState(StrEnum):
    """Where a standing order stands."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOrder:
    """A command that is done once a place has been empty for a while, or at its time.

    Parameters
    ----------
    id
        Made from what asked for it: the same request again is the same order.
    until
        When it is given up.
    empty_since
        Since when nobody is there, as far as that is known; None while somebody is.
    next_at
        When it is done; None where it waits for the place to be empty.
    rule
        How often it is done (an RFC 5545 RRULE); None where it is done once.
    message
        Why it failed the last time.
    """

    id: str
    campus_id: CampusId
    request: CommandRequest
    place: FeatureId
    who: str
    at: datetime
    until: datetime
    state: OrderState = OrderState.WAITING
    empty_since: datetime | None = None
    next_at: datetime | None = None
    rule: str | None = None
    message: Text | None = None


class StandingStore(Protocol):
    """Keeps standing orders."""

    def add_order(self, order: StandingOrder) -> StandingOrder:
        """Keep an order; return the one of that id that is kept already, where there is one."""

    def list_orders(
        self, campus_id: CampusId | None = None, *, waiting: bool = False
    ) -> tuple[StandingOrder, ...]:
        """Return the orders of a campus or of all, those that wait or all, newest first."""

    def move_order(
        self, order: StandingOrder, before: OrderState, *, next_at: datetime | None = None
    ) -> bool:
        """Keep an order's new state if it still was `before`, due at `next_at` where that is told; tell whether."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingParams:
    """How long a place must be empty, how long an order waits, and below which number of people a place is empty.

    `repeats_s` is how long a repeated order holds; what is late by more than `late_s` is not done any more.
    """

    empty_s: float = 600.0
    waits_s: float = 16 * 3600.0
    nobody: float = 0.5
    repeats_s: float = 366 * 86_400.0
    late_s: float = 900.0


class StandingOrders:
    """Keeps commands that wait, and carries them out.

    Parameters
    ----------
    caller
        Returns what a user may do now; `UserNotFoundError` or `UserDisabledError` where that is nothing.
    """

    def __init__(
        self,
        store: StandingStore,
        commands: Commands,
        twin: Twin,
        *,
        caller: Callable[[str], Caller],
        params: StandingParams = StandingParams(),
    ) -> None:
        self._store, self._commands, self._twin, self._params = store, commands, twin, params
        self._caller = caller

    def add(
        self,
        campus_id: CampusId,
        request: CommandRequest,
        place: FeatureId,
        *,
        key: str,
        who: str,
        now: datetime,
    ) -> StandingOrder:
        """Keep a command until a place is empty; the same `key` again is the same order."""
        until = now + timedelta(seconds=self._params.waits_s)
        order = StandingOrder(
            id=key, campus_id=campus_id, request=request, place=place, who=who, at=now, until=until
        )
        return self._store.add_order(order)

    def add_timed(
        self,
        campus_id: CampusId,
        request: CommandRequest,
        place: FeatureId,
        *,
        key: str,
        who: str,
        now: datetime,
        next_at: datetime,
        rule: str | None = None,
    ) -> StandingOrder:
        """Keep a command for its time, once or by a rule; the same `key` again is the same order."""
        until = next_at + timedelta(seconds=self._params.late_s if rule is None else self._params.repeats_s)
        order = StandingOrder(
            id=key, campus_id=campus_id, request=request, place=place, who=who, at=now, until=until,
            next_at=next_at, rule=rule,
        )  # fmt: skip
        return self._store.add_order(order)

    def list(self, campus_id: CampusId) -> tuple[StandingOrder, ...]:
        """Return the orders of a campus, newest first."""
        return self._store.list_orders(campus_id)

    def cancel(self, campus_id: CampusId, order_id: str) -> StandingOrder:
        """Give an order up that still waits.

        Raises
        ------
        OrderNotFoundError
            None of that id waits.
        """
        for order in self._store.list_orders(campus_id, waiting=True):
            cancelled = replace(order, state=OrderState.CANCELLED)
            if order.id == order_id and self._store.move_order(cancelled, OrderState.WAITING):
                return cancelled
        raise OrderNotFoundError(
            Text(f"没有等待中的指令 {order_id!r}。", f"No order {order_id!r} is waiting."),
            field="order",
            hint=Text("它可能已执行、过期或取消。", "It may be done, given up or cancelled."),
        )

    def look(self, now: datetime) -> tuple[StandingOrder, ...]:
        """Carry out the orders whose time has come or whose places have been empty long enough; give up late ones.

        Returns those that are no longer waiting. Where it is not known who is there, an order waits.
        """
        ended: list[StandingOrder] = []
        for order in self._store.list_orders(waiting=True):
            if order.next_at is not None:
                after = self._timed(order, order.next_at, now)
                ended += [after] if after.state is not OrderState.WAITING else []
                continue
            after = self._looked_at(order, now)
            if after == order or not self._store.move_order(after, OrderState.WAITING):
                continue
            if after.state is OrderState.DONE:
                after = self._done(after)
            if after.state is not OrderState.WAITING:
                ended.append(after)
        return tuple(ended)

    def _timed(self, order: StandingOrder, due: datetime, now: datetime) -> StandingOrder:
        """Do an order whose time has come; its next time is kept before, so that none is done twice."""
        if due > now:
            return order
        following = None if order.rule is None else following_time(order.rule, now.astimezone(due.tzinfo))
        last = following is None or following > order.until
        after = (
            replace(order, state=OrderState.DONE, message=None)
            if last
            else replace(order, next_at=following, message=None)
        )
        if not self._store.move_order(after, OrderState.WAITING, next_at=due):
            return order
        if (now - due).total_seconds() > self._params.late_s:
            late = Text("到时未能执行，已错过。", "It was not done in time.")
            missed = replace(after, message=late, state=OrderState.EXPIRED if last else OrderState.WAITING)
            self._store.move_order(missed, after.state)
            return missed
        return self._done(after)

    def _looked_at(self, order: StandingOrder, now: datetime) -> StandingOrder:
        if now >= order.until:
            return replace(order, state=OrderState.EXPIRED)
        try:
            told = self._twin.place(order.campus_id, order.place, now).state.values.get(TwinQuantity.PEOPLE)
        except YuanliError as error:
            return replace(order, state=OrderState.FAILED, message=error.message)
        people = None if told is None else told.value
        if people is None or people >= self._params.nobody:
            return replace(order, empty_since=None)
        if order.empty_since is None:
            return replace(order, empty_since=now)
        if (now - order.empty_since).total_seconds() >= self._params.empty_s:
            return replace(order, state=OrderState.DONE)
        return order

    def _done(self, order: StandingOrder) -> StandingOrder:
        """Send an order's command; it is marked as done before, so that it is never sent twice.

        An order that is repeated goes on though it failed, unless who asked for it may not command devices any more.
        """
        failed = OrderState.FAILED if order.state is OrderState.DONE else order.state
        try:
            self._caller(order.who).require(Right.COMMAND_DEVICES)
            outcome = self._commands.execute(order.campus_id, order.request, who=order.who)
        except (UserNotFoundError, UserDisabledError, NotAllowedError) as error:
            after = replace(order, state=OrderState.FAILED, message=_without_right(order.who, error.message))
        except YuanliError as error:
            after = replace(order, state=failed, message=error.message)
        else:
            lost = [w for w in outcome.writes if w.state is not WriteState.ACKNOWLEDGED]
            if not lost:
                return order
            why = lost[0].message or Text("没有回应", "no answer")
            after = replace(order, state=failed, message=why)
        log.warning(
            "Standing order %s of %s failed: %s", order.id, order.who, after.message and after.message.en
        )
        self._store.move_order(after, order.state)
        return after


def _without_right(who: str, why: Text) -> Text:
    return Text(
        f"{who} 不再能控制设备，指令已终止：{why.zh}",
        f"{who} may not command devices any more, and the order has ended: {why.en}",
    )


def following_time(rule: str, after: datetime) -> datetime | None:
    """Return the first time of a rule later than a moment, by the clock of that moment's zone.

    >>> from zoneinfo import ZoneInfo
    >>> friday = datetime(2026, 3, 6, 22, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    >>> str(following_time("FREQ=WEEKLY;BYDAY=MO,FR;BYHOUR=22;BYMINUTE=0;BYSECOND=0", friday))
    '2026-03-09 22:00:00+08:00'
    """
    midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
    return next((at for at in occurrences(rule, midnight, 1000) if at > after), None)


Wait = Callable[[float], bool]
"""Waits so many seconds; tells whether to stop."""


def keep_orders(
    orders: StandingOrders, now: Callable[[], datetime], wait: Wait, every_s: float = 60.0
) -> None:
    """Look at the standing orders each minute until told to stop."""
    while not wait(every_s):
        try:
            orders.look(now())
        except YuanliError as error:
            log.warning("Standing orders can't be looked at: %s", error)
