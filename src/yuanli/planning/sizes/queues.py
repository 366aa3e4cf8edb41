"""Formulas of queues: parking spaces and chargers that turn away, toilets and counters where people wait."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite

import numpy as np

from yuanli.errors import Text
from yuanli.planning.documents import Floats, refusal

MOST_SERVERS = 100_000


def checked(field: str, value: float, *, least: float = 0.0, most: float = 1e9) -> float:
    """Return a finite number from `least` to `most`.

    Raises
    ------
    InvalidProblemError
        It is another.
    """
    if not (isfinite(value) and least <= value <= most):
        raise refusal(
            field, f"{value} 不在 {least:g} 到 {most:g} 之间", f"{value} is not from {least:g} to {most:g}",
            hint=Text("改为范围内的有限数。", "Give a finite number in this range."),
        )  # fmt: skip
    return value


def shortage_curve(load: float, most: int) -> Floats:
    """Return the chance that all are taken (Erlang 1917), for 0 to `most` places, shape `(most + 1,)`.

    Parameters
    ----------
    load
        Arrivals in a mean stay (erlang): 30 cars an hour that stay 2 hours are 60.
    """
    checked("load", load)
    checked("most", most, most=MOST_SERVERS)
    curve = np.ones(most + 1)
    for places in range(1, most + 1):
        before = load * curve[places - 1]
        curve[places] = before / (places + before) if before else 0.0
    return curve


def erlang_b(load: float, servers: int) -> float:
    """Return the chance that an arrival finds all servers busy and leaves."""
    return float(shortage_curve(load, servers)[-1])


def erlang_c(load: float, servers: int) -> float:
    """Return the chance that an arrival waits, 1 where the queue only grows."""
    blocked = erlang_b(load, servers)
    if servers <= load:
        return 1.0 if load > 0 or servers == 0 else 0.0
    return blocked / (1.0 - load / servers * (1.0 - blocked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A queue with exponential times and several servers (M/M/c) in the long run; infinite where it only grows."""

    waits: float
    wait_s: float
    queue: float
    utilisation: float
    service_s: float
    servers: int

    def later_than(self, wait_s: float) -> float:
        """Return the chance to wait longer than so many seconds."""
        if self.utilisation >= 1.0:
            return 1.0
        return self.waits * exp(-self.servers * (1.0 - self.utilisation) * wait_s / self.service_s)


def waiting(arrivals_per_h: float, service_s: float, servers: int) -> Waiting:
    """Return how long people wait."""
    checked("arrivals_per_h", arrivals_per_h)
    checked("service_s", service_s, least=1e-6)
    checked("servers", servers, least=1, most=MOST_SERVERS)
    load = arrivals_per_h / 3600.0 * service_s
    waits = erlang_c(load, servers)
    wait_s = waits * service_s / (servers - load) if servers > load else float("inf")
    return Waiting(
        waits=waits, wait_s=wait_s, queue=arrivals_per_h / 3600.0 * wait_s if arrivals_per_h else 0.0,
        utilisation=load / servers, service_s=service_s, servers=servers,
    )  # fmt: skip


def waiting_curve(arrivals_per_h: float, service_s: float, most: int, *, wait_s: float) -> Floats:
    """Return the chance to wait longer than `wait_s`, for 1 to `most` servers, shape `(most,)`."""
    checked("most", most, least=1, most=MOST_SERVERS)
    checked("wait_s", wait_s)
    return np.array(
        [waiting(arrivals_per_h, service_s, servers).later_than(wait_s) for servers in range(1, most + 1)]
    )


def places_for(load: float, chance: float) -> int:
    """Return the fewest places that are all taken with at most this chance."""
    checked("load", load, most=MOST_SERVERS / 2)
    checked("chance", chance, least=1e-12, most=1.0)
    curve = shortage_curve(load, int(load + 20 + 12 * load**0.5))
    return int(np.flatnonzero(curve <= chance)[0])


def servers_for(arrivals_per_h: float, service_s: float, *, wait_s: float, share: float) -> int:
    """Return the fewest servers where at least this share waits no longer than `wait_s`."""
    checked("wait_s", wait_s)
    checked("share", share, most=1.0 - 1e-9)
    load = checked(
        "load", arrivals_per_h / 3600.0 * checked("service_s", service_s, least=1e-6), most=MOST_SERVERS / 2
    )
    servers = int(load) + 1
    while waiting(arrivals_per_h, service_s, servers).later_than(wait_s) > 1.0 - share:
        servers += 1
    return servers
