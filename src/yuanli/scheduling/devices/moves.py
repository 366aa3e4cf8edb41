"""Moves of a search: devices anew by exact dynamic programming, against what the others leave; compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from yuanli.scheduling.devices.kernels import (
    FAR,
    cheapest_states,
    cheapest_task,
    cheapest_together,
    compiled,
    draw,
)
from yuanli.scheduling.devices.warming import Air, cheapest_warm, discomfort

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bytes = NDArray[np.uint8]
PARTNERS = 4
WARM_SHARE = 12
"""How many times the work of a group is where temperatures count, too."""


class Tables(NamedTuple):
    """The problem as arrays; the last zone is of devices without one; relations are lists by device."""

    power: Floats
    service: Floats
    zone: Ints
    up: Ints
    down: Ints
    start: Floats
    was_on: Bytes
    slots_on: Ints
    may_on: Bytes
    may_off: Bytes
    demand: Floats
    zone_limit: Floats
    net: Floats
    buy: Floats
    sell: Floats
    limit: Floats
    apart: tuple[Ints, Ints]
    needs: tuple[Ints, Ints]
    needed: tuple[Ints, Ints]
    later: tuple[Ints, Ints, Ints]
    earlier: tuple[Ints, Ints, Ints]
    ramp: float
    air: Air


class State(NamedTuple):
    """Which devices are on, and their sums by zone and slot; `load` counts storages too."""

    on: Bytes
    cover: Floats
    zone_load: Floats
    load: Floats
    moved: Floats
    heat: Floats


class Weights(NamedTuple):
    """What a unit of a broken rule costs in a search, and up to where the peak is free; `apart` is of exclusions."""

    short: float
    over: float
    apart: float
    peak_kw: float
    peak: float


@compiled
def _site(weights, net, buy, sell, limit):
    cost = buy * net if net > 0 else sell * net
    if net > weights.peak_kw:
        cost += weights.peak * (net - weights.peak_kw)
    if net > limit:
        cost += weights.over * (net - limit)
    return cost


@compiled
def _zone(weights, cover, load, demand, limit):
    cost = 0.0
    if cover < demand:
        cost += weights.short * (demand - cover)
    if load > limit:
        cost += weights.over * (load - limit)
    return cost


@compiled
def _ramp(tables, weights, change):
    return weights.over * max(0.0, abs(change) - tables.ramp)


@compiled
def _related(tables, state, weights, i, t, skip):
    """Return what device i being on at t breaks, less what its being off does, toward devices other than `skip`."""
    cost = 0.0
    pointer, partner = tables.apart
    for at in range(pointer[i], pointer[i + 1]):
        if partner[at] != skip:
            cost += weights.apart * state.on[partner[at], t]
    pointer, partner = tables.needs
    for at in range(pointer[i], pointer[i + 1]):
        if partner[at] != skip:
            cost += weights.short * (1 - state.on[partner[at], t])
    pointer, partner = tables.needed
    for at in range(pointer[i], pointer[i + 1]):
        if partner[at] != skip:
            cost -= weights.short * state.on[partner[at], t]
    return cost


@compiled
def _ordered(tables, state, weights, i, w):
    """Add what being on costs where tasks before or after have not ended, or have begun."""
    n = len(w)
    pointer, partner, lag = tables.earlier
    for at in range(pointer[i], pointer[i + 1]):
        end = -1
        for t in range(n):
            if state.on[partner[at], t]:
                end = t
        for t in range(min(n, end + 1 + lag[at])):
            w[t] += weights.short * (1 + end + lag[at] - t)
    pointer, partner, lag = tables.later
    for at in range(pointer[i], pointer[i + 1]):
        begin = n
        for t in range(n - 1, -1, -1):
            if state.on[partner[at], t]:
                begin = t
        if begin < n:
            for t in range(max(0, begin - lag[at]), n):
                w[t] += weights.short * (t - begin + lag[at] + 1)


@compiled
def _prices(tables, state, weights, i, w, start, stop):
    """Fill what it costs that device i is on, starts and stops, by slot, the others as they are."""
    power, service, z = tables.power[i], tables.service[i], tables.zone[i]
    net, buy, sell, limit = tables.net, tables.buy, tables.sell, tables.limit
    demand, zone_limit = tables.demand[z], tables.zone_limit[z]
    row, site_load, covers, loads = state.on[i], state.load, state.cover[z], state.zone_load[z]
    begins = tables.start[i]
    for t in range(len(w)):
        on = row[t]
        rest = net[t] + site_load[t] - power * on
        w[t] = _site(weights, rest + power, buy[t], sell[t], limit[t]) - _site(
            weights, rest, buy[t], sell[t], limit[t]
        )
        cover, load = covers[t] - service * on, loads[t] - power * on
        w[t] += _zone(weights, cover + service, load + power, demand[t], zone_limit[t])
        w[t] -= _zone(weights, cover, load, demand[t], zone_limit[t])
        start[t], stop[t] = begins, 0.0
    if _is_related(tables, i):
        for t in range(len(w)):
            w[t] += _related(tables, state, weights, i, t, -1)
        _ordered(tables, state, weights, i, w)
    if tables.ramp < FAR:
        _ramped(tables, state, weights, i, w, start, stop)


@compiled
def _is_related(tables, i):
    return (
        tables.apart[0][i] < tables.apart[0][i + 1]
        or tables.needs[0][i] < tables.needs[0][i + 1]
        or tables.needed[0][i] < tables.needed[0][i + 1]
        or tables.earlier[0][i] < tables.earlier[0][i + 1]
        or tables.later[0][i] < tables.later[0][i + 1]
    )


@compiled
def _ramped(tables, state, weights, i, w, start, stop):
    power = tables.power[i]
    for t in range(len(w)):
        before = tables.was_on[i] if t == 0 else state.on[i, t - 1]
        change = state.moved[t + 1] - state.moved[t] - power * state.on[i, t] + power * before
        still = _ramp(tables, weights, change)
        w[t] += _ramp(tables, weights, change) - still
        start[t] += _ramp(tables, weights, change + power) - still
        stop[t] = _ramp(tables, weights, change - power) - still


@compiled
def _put(tables, state, i, new):
    power, service, z = tables.power[i], tables.service[i], tables.zone[i]
    heat = tables.air.heat[i]
    row, cover, zone_load, heats = state.on[i], state.cover[z], state.zone_load[z], state.heat[z]
    load, moved = state.load, state.moved
    changed = False
    for t in range(len(new)):
        step = float(new[t]) - float(row[t])
        if step != 0.0:
            changed = True
            row[t] = new[t]
            cover[t] += step * service
            zone_load[t] += step * power
            load[t] += step * power
            moved[t + 1] += step * power
            heats[t] += step * heat
    return changed


@compiled
def break_own_rules(tables, on):
    """Say of which devices the states break what concerns each alone."""
    wrong = np.zeros(len(on), np.bool_)
    for i in range(len(on)):
        many, before, length, changed = 0, tables.was_on[i], 0, False
        for t in range(on.shape[1]):
            now = on[i, t]
            many += now
            if now != before:
                least = tables.up[i] if before else tables.down[i]
                wrong[i] |= changed and length < least
                before, length, changed = now, 0, True
            length += 1
            wrong[i] |= not (tables.may_on[i, t] if now else tables.may_off[i, t])
        wrong[i] |= tables.slots_on[i] >= 0 and many != tables.slots_on[i]
    return wrong


@compiled
def _cost_of(row, w, start, stop, was_on):
    cost, before = 0.0, was_on
    for t in range(len(w)):
        if row[t]:
            cost += w[t] if before else w[t] + start[t]
        elif before:
            cost += stop[t]
        before = row[t]
    return cost


@compiled
def one_by_one(tables, state, weights, devices, noise, seed, gains):
    """Set each device to its cheapest states in turn; return how many changed, or −1 − i where i has none.

    Where `gains` is as long as `devices`, nothing is set and it is filled with what each alone would save.
    """
    n = len(tables.buy)
    w, start, stop = np.empty(n), np.empty(n), np.empty(n)
    on_best, off_best = np.empty(n + 1), np.empty(n + 1)
    on_run, off_run = np.empty(n + 1, np.int16), np.empty(n + 1, np.int16)
    out = np.empty(n, np.uint8)
    group, slot, change = np.zeros(3, np.int64), np.empty((n, 8)), np.zeros((n, 8, 8))
    up, down, was_on = np.ones(3, np.int64), np.zeros(3, np.int64), np.zeros(3, np.uint8)
    warm_out = np.empty((3, n), np.uint8)
    most = 0
    for i in devices:
        most = max(most, tables.slots_on[i])
    if most > 0:
        on_best2, off_best2 = np.empty((n + 1, most + 1)), np.empty((n + 1, most + 1))
        on_run2, off_run2 = np.empty((n + 1, most + 1), np.int16), np.empty((n + 1, most + 1), np.int16)
    else:
        on_best2, off_best2 = np.empty((1, 1)), np.empty((1, 1))
        on_run2, off_run2 = np.empty((1, 1), np.int16), np.empty((1, 1), np.int16)
    changes = 0
    for i in devices:
        _prices(tables, state, weights, i, w, start, stop)
        if noise > 0.0:
            for t in range(n):
                w[t] *= 1.0 + noise * (draw(seed, 2001) - 1000) / 1000.0
        if tables.slots_on[i] >= 0:
            cost = cheapest_task(
                w, tables.may_on[i], tables.may_off[i], tables.up[i], tables.down[i], start, stop,
                tables.was_on[i], tables.slots_on[i], on_best2, off_best2, on_run2, off_run2, out,
            )  # fmt: skip
        elif tables.air.heat[i] != 0.0:
            group[0], up[0], down[0], was_on[0] = i, tables.up[i], tables.down[i], tables.was_on[i]
            for t in range(n):
                slot[t, 0] = 0.0 if tables.may_off[i, t] else FAR
                slot[t, 1] = w[t] if tables.may_on[i, t] else FAR
                change[t, 0, 1], change[t, 1, 0] = start[t], stop[t]
            cost = cheapest_warm(
                slot, change, False, up, down, was_on, 1, tables.air, tables.zone[i], group, state.heat,
                state.on, weights.short, warm_out,
            )  # fmt: skip
            out[:] = warm_out[0]
        else:
            cost = cheapest_states(
                w, tables.may_on[i], tables.may_off[i], tables.up[i], tables.down[i], start, stop,
                tables.was_on[i], on_best, off_best, on_run, off_run, out,
            )  # fmt: skip
        if cost >= FAR:
            return -1 - i
        if len(gains) > 0:
            gains[changes] = _cost_of(state.on[i], w, start, stop, tables.was_on[i]) - cost
            if tables.air.heat[i] != 0.0:
                gains[changes] += discomfort(tables.air, tables.zone[i], state.heat, weights.short)
            changes += 1
        elif _put(tables, state, i, out):
            changes += 1
    return changes


@compiled
def _slots(tables, state, weights, group, width, slot):
    """Fill what each choice of states of a group, all of one zone, costs by slot."""
    n = len(tables.buy)
    z = tables.zone[group[0]]
    choices = 1 << width
    net, buy, sell, limit = tables.net, tables.buy, tables.sell, tables.limit
    demand, zone_limit = tables.demand[z], tables.zone_limit[z]
    powers, services = np.zeros(choices), np.zeros(choices)
    for b in range(choices):
        for d in range(width):
            if b >> d & 1:
                powers[b] += tables.power[group[d]]
                services[b] += tables.service[group[d]]
    site_load, covers, loads = state.load, state.cover[z], state.zone_load[z]
    on, may_on, may_off = state.on, tables.may_on, tables.may_off
    for t in range(n):
        now, can, must = 0, 0, 0
        for d in range(width):
            i = group[d]
            now |= on[i, t] << d
            can |= (1 if may_on[i, t] else 0) << d
            must |= (0 if may_off[i, t] else 1) << d
        rest, cover, load = (
            net[t] + site_load[t] - powers[now],
            covers[t] - services[now],
            loads[t] - powers[now],
        )
        for b in range(choices):
            if b & ~can or must & ~b:
                slot[t, b] = FAR
            else:
                slot[t, b] = _site(weights, rest + powers[b], buy[t], sell[t], limit[t])
                slot[t, b] += _zone(weights, cover + services[b], load + powers[b], demand[t], zone_limit[t])
    related = False
    for d in range(width):
        i = group[d]
        if tables.apart[0][i] < tables.apart[0][i + 1] or tables.needs[0][i] < tables.needs[0][i + 1]:
            related = True
        if tables.needed[0][i] < tables.needed[0][i + 1]:
            related = True
    if related:
        _slots_related(tables, state, weights, group, width, slot)


@compiled
def _slots_related(tables, state, weights, group, width, slot):
    for t in range(slot.shape[0]):
        for b in range(1 << width):
            if slot[t, b] >= FAR:
                continue
            for d in range(width):
                i = group[d]
                on_i = b >> d & 1
                pointer, partner = tables.apart
                for at in range(pointer[i], pointer[i + 1]):
                    inside = _place(group, width, partner[at])
                    other = state.on[partner[at], t] if inside < 0 else b >> inside & 1
                    if on_i and other and (inside < 0 or inside > d):
                        slot[t, b] += weights.apart
                pointer, partner = tables.needs
                for at in range(pointer[i], pointer[i + 1]):
                    inside = _place(group, width, partner[at])
                    other = state.on[partner[at], t] if inside < 0 else b >> inside & 1
                    if on_i and not other:
                        slot[t, b] += weights.short
                pointer, partner = tables.needed
                for at in range(pointer[i], pointer[i + 1]):
                    if not on_i and _place(group, width, partner[at]) < 0 and state.on[partner[at], t]:
                        slot[t, b] += weights.short


@compiled
def _place(group, width, i):
    for d in range(width):
        if group[d] == i:
            return d
    return -1


@compiled
def _changes(tables, state, weights, group, width, change):
    """Fill what each change of states of a group costs, by slot where the site's ramps are limited; say if by slot."""
    choices = 1 << width
    ramped = tables.ramp < FAR
    for t in range(len(tables.buy) if ramped else 1):
        rest = 0.0
        if ramped:
            rest = state.moved[t + 1] - state.moved[t]
            for d in range(width):
                i = group[d]
                before = tables.was_on[i] if t == 0 else state.on[i, t - 1]
                rest += tables.power[i] * (float(before) - float(state.on[i, t]))
        for a in range(choices):
            for b in range(choices):
                cost, step = 0.0, 0.0
                for d in range(width):
                    i = group[d]
                    was, is_ = a >> d & 1, b >> d & 1
                    step += tables.power[i] * (is_ - was)
                    if is_ > was:
                        cost += tables.start[i]
                if ramped:
                    cost += _ramp(tables, weights, rest + step)
                change[t, a, b] = cost
    return ramped


@compiled
def _now(on, tables, group, width, slot, change, steady):
    """Return what a group's states cost as they are."""
    cost, a = 0.0, 0
    for d in range(width):
        if tables.was_on[group[d]]:
            a |= 1 << d
    for t in range(slot.shape[0]):
        b = 0
        for d in range(width):
            if on[group[d], t]:
                b |= 1 << d
        cost += slot[t, b] + change[0 if steady else t, a, b]
        a = b
    return cost


@compiled
def together(tables, state, weights, pool, pointer, width, work, heat, seed, size):
    """Set random groups of devices of one zone to their cheapest states together.

    `pool[pointer[z]:pointer[z + 1]]` are the devices of zone z that may move and are no tasks; it ends when `work`
    joint
    states were valued, at once in each slot. `size` is the most joint states of a group.
    """
    n = len(tables.buy)
    group, up, down, was_on = (
        np.zeros(3, np.int64),
        np.ones(3, np.int64),
        np.zeros(3, np.int64),
        np.zeros(3, np.uint8),
    )
    slot, change = np.empty((n, 8)), np.empty((n, 8, 8))
    value, past, how = np.empty(size), np.empty(size), np.empty((n, size), np.uint8)
    longest = 1
    for i in pool:
        longest = max(longest, tables.up[i] + tables.down[i])
    sizes, befores = np.empty((3, longest), np.int64), np.empty((3, longest, 2), np.int64)
    out = np.empty((3, n), np.uint8)
    done = 0
    noisy = np.empty((n, 8))
    while done < work:
        one = pool[draw(seed, len(pool))]
        z = tables.zone[one]
        first, many = pointer[z], pointer[z + 1] - pointer[z]
        total, members = 1, 0
        warm = tables.air.warm[z] != 0
        done += 10
        for d in range(3):
            up[d], down[d] = 1, 0
        for d in range(min(width, many)):
            i = one if d == 0 else pool[first + draw(seed, many)]
            states = tables.up[i] + tables.down[i]
            if _place(group, members, i) >= 0 or total * states > (
                size // WARM_SHARE if warm and d > 0 else size
            ):
                continue
            group[members], up[members], down[members] = i, tables.up[i], tables.down[i]
            was_on[members] = tables.was_on[i]
            members += 1
            total *= states
        if members == 0:
            continue
        done += total * WARM_SHARE if warm else total
        _slots(tables, state, weights, group, members, slot)
        steady = not _changes(tables, state, weights, group, members, change)
        if heat > 0.0:
            _disturb(tables, group, members, slot, noisy, heat, seed)
        costs, now = (noisy if heat > 0.0 else slot), 0.0
        if warm:
            cost = cheapest_warm(
                costs, change, steady, up, down, was_on, members, tables.air, z, group, state.heat, state.on,
                weights.short, out,
            )  # fmt: skip
            now = discomfort(tables.air, z, state.heat, weights.short)
        else:
            cost = cheapest_together(
                costs, change, steady, up, down, was_on, members, value, past, how, sizes, befores, out
            )
        if cost >= FAR:
            continue
        if heat <= 0.0 and cost > now + _now(state.on, tables, group, members, slot, change, steady):
            continue
        for d in range(members):
            _put(tables, state, group[d], out[d])


@compiled
def _disturb(tables, group, width, slot, noisy, heat, seed):
    """Copy what states cost, with errors of a share `heat` of what a device's energy does."""
    for t in range(slot.shape[0]):
        for b in range(1 << width):
            noisy[t, b] = slot[t, b]
        for d in range(width):
            error = heat * tables.power[group[d]] * abs(tables.buy[t]) * (draw(seed, 2001) - 1000) / 1000.0
            for b in range(1 << width):
                if b >> d & 1:
                    noisy[t, b] += error


@compiled
def _free_slots(tables, state, i, slots, span):
    """Fill the slots that device i may leave, then those that it may take, and how many of each there are."""
    many = 0
    for on in (1, 0):
        for t in range(state.on.shape[1]):
            if state.on[i, t] == on and tables.may_off[i, t] and tables.may_on[i, t]:
                slots[many] = t
                many += 1
        if on == 1:
            span[0] = many
    span[1] = many - span[0]
    if span[0] == 0:
        span[1] = 0


@compiled
def exchange(tables, state, weights, loose, steps, heat, seed):
    """Move slots of tasks whose slots may lie anywhere: of one, or of two that change places; by annealing.

    A step that costs more is taken with probability exp(−more / heat); without heat never.
    """
    n = len(tables.buy)
    power, service, zone, net, buy, sell = (
        tables.power, tables.service, tables.zone, tables.net, tables.buy, tables.sell
    )  # fmt: skip
    limit, demand, zone_limit, may_on, may_off = (
        tables.limit, tables.demand, tables.zone_limit, tables.may_on, tables.may_off
    )  # fmt: skip
    on, load, cover, taken, moved = state.on, state.load, state.cover, state.zone_load, state.moved
    bounded = np.zeros(len(demand), np.bool_)
    for y in range(len(demand)):
        bounded[y] = demand[y].max() > 0.0 or zone_limit[y].min() < FAR
    slots, spans = np.zeros((len(loose), n), np.int64), np.zeros((len(loose), 2), np.int64)
    for k in range(len(loose)):
        _free_slots(tables, state, loose[k], slots[k], spans[k])
    for step in range(steps):
        k = draw(seed, len(loose))
        i = loose[k]
        if spans[k, 1] < 1:
            continue
        p, q = draw(seed, spans[k, 0]), spans[k, 0] + draw(seed, spans[k, 1])
        out_of, into = slots[k, p], slots[k, q]
        j, two, m, other_p, other_q = i, False, 0, 0, 0
        for _ in range(PARTNERS if draw(seed, 4) > 0 else 0):
            m = draw(seed, len(loose))
            j = loose[m]
            if j != i and on[j, into] and not on[j, out_of] and may_off[j, into] and may_on[j, out_of]:
                two = True
                break
        more = 0.0
        for side in range(2):
            t, sign = (out_of, -1.0) if side == 0 else (into, 1.0)
            own, others = sign * power[i], -sign * power[j] if two else 0.0
            here = net[t] + load[t]
            more += _site(weights, here + own + others, buy[t], sell[t], limit[t])
            more -= _site(weights, here, buy[t], sell[t], limit[t])
            own_service, others_service = sign * service[i], -sign * service[j] if two else 0.0
            y, z = zone[i], zone[j]
            if two and y == z:
                own, own_service = own + others, own_service + others_service
            if bounded[y]:
                more += _zone(
                    weights, cover[y, t] + own_service, taken[y, t] + own, demand[y, t], zone_limit[y, t]
                )
                more -= _zone(weights, cover[y, t], taken[y, t], demand[y, t], zone_limit[y, t])
            if two and y != z and bounded[z]:
                more += _zone(
                    weights,
                    cover[z, t] + others_service,
                    taken[z, t] + others,
                    demand[z, t],
                    zone_limit[z, t],
                )
                more -= _zone(weights, cover[z, t], taken[z, t], demand[z, t], zone_limit[z, t])
        cold = heat * (1.0 - step / steps)
        if more > 0.0 and not (cold > 0.0 and draw(seed, 1 << 20) < np.exp(-more / cold) * (1 << 20)):
            continue
        slots[k, p], slots[k, q] = into, out_of
        for d in range(2 if two else 1):
            e = i if d == 0 else j
            for side in range(2):
                t, sign = (out_of if side == 0 else into), (-1.0 if side == d else 1.0)
                on[e, t] = 1 if sign > 0.0 else 0
                cover[zone[e], t] += sign * service[e]
                taken[zone[e], t] += sign * power[e]
                load[t] += sign * power[e]
                moved[t + 1] += sign * power[e]
        if two:
            for r in range(spans[m, 0] + spans[m, 1]):
                if slots[m, r] == into:
                    other_p = r
                elif slots[m, r] == out_of:
                    other_q = r
            slots[m, other_p], slots[m, other_q] = out_of, into
