"""Where and when a meeting can still be had today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yuanli.errors import Text
from yuanli.scheduling.rooms.tables import Room
from yuanli.solver import InvalidProblemError

DAY_MIN = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A room that is taken, from and until minutes of the day, and who is there."""

    room: str
    start_min: int
    end_min: int
    people: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRequest:
    """What is asked for.

    Parameters
    ----------
    earliest_min, latest_min
        Minutes of the day between which the meeting is.
    people
        Who must be free.
    near
        Rooms that it should be near to: where people come from.
    preferred_min
        When it should begin, if that matters.
    step_min
        It begins at multiples of this.
    """

    attendees: int
    minutes: int
    earliest_min: int
    latest_min: int
    features: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    near: tuple[str, ...] = ()
    preferred_min: int | None = None
    step_min: int = 15

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("attendees", self.attendees, 1, 100_000), ("minutes", self.minutes, 1, DAY_MIN),
            ("earliest_min", self.earliest_min, 0, DAY_MIN), ("latest_min", self.latest_min, 0, DAY_MIN),
            ("step_min", self.step_min, 1, DAY_MIN),
        ):  # fmt: skip
            if not low <= value <= high:
                raise _wrong(name, value, f"应在 {low} 到 {high} 之间", f"it is from {low} to {high}")
        if self.earliest_min + self.minutes > self.latest_min:
            raise _wrong("minutes", self.minutes, f"{clock(self.earliest_min)}–{clock(self.latest_min)} 放不下",
                         f"that does not fit into {clock(self.earliest_min)}–{clock(self.latest_min)}")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotWeights:
    """What a slot costs: a spare seat, a minute of walking of one person, a minute from the wanted begin."""

    spare_seat: float = 0.5
    walking: float = 1.0
    shift: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A room and a time that can be had, what it costs by the weights, and why it is good or not."""

    room: str
    start_min: int
    end_min: int
    cost: float
    reasons: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """The best slots, and what stands in the way of the others: how many rooms or times, and why."""

    best: tuple[Slot, ...]
    refused: tuple[Text, ...] = field(default=())


def find_slots(
    rooms: Sequence[Room],
    bookings: Sequence[Booking],
    request: SlotRequest,
    *,
    k: int = 3,
    walking_s: Mapping[tuple[str, str], float] | None = None,
    weights: SlotWeights = SlotWeights(),
) -> Slots:
    """Return the k slots of least cost, by trying every room at every time.

    Of one room only its best time is among them while there are other rooms.

    Parameters
    ----------
    walking_s
        Seconds from room to room; a pair that is missing can't be walked, and its room is left out.
    """
    refused: Counter[str] = Counter()
    found: list[Slot] = []
    walks = walking_s or {}
    busy = [(b.start_min, b.end_min) for b in bookings if b.people & request.people]
    for room in rooms:
        if room.capacity < request.attendees:
            refused["size"] += 1
        elif not request.features <= room.features:
            refused["features"] += 1
        elif walks and any((at, room.name) not in walks for at in request.near if at != room.name):
            refused["unreachable"] += 1
        else:
            taken = [(b.start_min, b.end_min) for b in bookings if b.room == room.name]
            found += _free(room, taken, busy, request, walks, weights, refused)
    found.sort(key=lambda slot: (slot.cost, slot.start_min, slot.room))
    best: list[Slot] = []
    for slot in found:
        if slot.room not in {one.room for one in best}:
            best.append(slot)
    best += [slot for slot in found if slot not in best]
    return Slots(best=tuple(best[:k]), refused=tuple(_refused(request, refused)))


def _free(
    room: Room,
    taken: list[tuple[int, int]],
    busy: list[tuple[int, int]],
    request: SlotRequest,
    walks: Mapping[tuple[str, str], float],
    weights: SlotWeights,
    refused: Counter[str],
) -> list[Slot]:
    walk_min = sum(walks.get((at, room.name), 0.0) for at in request.near) / 60
    first = -(-request.earliest_min // request.step_min) * request.step_min
    slots = []
    for start in range(first, request.latest_min - request.minutes + 1, request.step_min):
        end = start + request.minutes
        if any(a < end and start < b for a, b in taken):
            refused["taken"] += 1
        elif any(a < end and start < b for a, b in busy):
            refused["busy"] += 1
        else:
            spare = room.capacity - request.attendees
            shift = 0 if request.preferred_min is None else abs(start - request.preferred_min)
            cost = weights.spare_seat * spare + weights.walking * walk_min + weights.shift * shift
            reasons = _reasons(room, start, end, taken, request, walk_min, spare)
            slots.append(Slot(room=room.name, start_min=start, end_min=end, cost=cost, reasons=reasons))
    return slots


def _reasons(
    room: Room,
    start: int,
    end: int,
    taken: list[tuple[int, int]],
    request: SlotRequest,
    walk_min: float,
    spare: int,
) -> tuple[Text, ...]:
    said = [Text(f"容 {room.capacity} 人，余 {spare} 座", f"holds {room.capacity}, {spare} seats to spare")]
    if request.near:
        mean = walk_min / len(request.near)
        said.append(Text(f"步行平均 {mean:.1f} 分钟", f"{mean:.1f} minutes to walk on average"))
    if request.preferred_min is not None:
        if shift := start - request.preferred_min:
            late = ("晚", "later") if shift > 0 else ("早", "earlier")
            said.append(
                Text(
                    f"比希望的时间{late[0]} {abs(shift)} 分钟", f"{abs(shift)} minutes {late[1]} than wanted"
                )
            )
        else:
            said.append(Text("正是希望的时间", "at the wanted time"))
    after = min((a for a, _ in taken if a >= end), default=None)
    if after is not None and after - end < 15:
        said.append(Text(f"{clock(after)} 起另有预订", f"booked again from {clock(after)}"))
    return tuple(said)


def _refused(request: SlotRequest, refused: Counter[str]) -> list[Text]:
    needs = "、".join(sorted(request.features)), ", ".join(sorted(request.features))
    words = {
        "size": Text(f"{refused['size']} 个房间坐不下 {request.attendees} 人",
                     f"{refused['size']} rooms are too small for {request.attendees}"),
        "features": Text(f"{refused['features']} 个房间没有：{needs[0]}",
                         f"{refused['features']} rooms lack {needs[1]}"),
        "unreachable": Text(f"{refused['unreachable']} 个房间走不到",
                            f"{refused['unreachable']} rooms can't be walked to"),
        "taken": Text(f"{refused['taken']} 个时段房间已有预订", f"the room is booked in {refused['taken']} cases"),
        "busy": Text(f"{refused['busy']} 个时段有人没空", f"somebody is busy in {refused['busy']} cases"),
    }  # fmt: skip
    return [words[reason] for reason in words if refused[reason]]


def clock(minute: int) -> str:
    """Return a minute of the day as hh:mm."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _wrong(field: str, value: object, zh: str, en: str) -> InvalidProblemError:
    return InvalidProblemError(
        Text(f"{field} 为 {value}：{zh}。", f"{field} is {value}: {en}."), field=field,
        hint=Text("请改正后重试。", "Correct it and try again."),
    )  # fmt: skip
