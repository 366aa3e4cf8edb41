"""What words wish of a plan of devices besides place and day: cars, a temperature by a time, what stays on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from yuanli.campus import FeatureId
from yuanli.errors import Text
from yuanli.language import find_number, find_when
from yuanli.operations.answering.vocabulary import named_in, says
from yuanli.operations.device_plans import ClimateWish, DeviceWishError, PlanDay, VehicleWish

CAR_KWH, CAR_KW, COMES, GOES = 20.0, 7.0, "18:00", "07:00"
"""Of a car of which nothing is told."""
NOON, COMES_EARLY = "12:00", "08:00"
"""When a car comes that has to leave between noon and the usual hour of coming."""
MOST_CARS = 500
SPREAD_C = 2.0
"""A room that is cooled to a temperature may be so much colder, one that is heated so much warmer."""
NUMBER = r"(?:\d+|[一二两三四五六七八九十]+|(?:two|three|four|five|six|seven|eight|nine|ten|twenty)\b)"
CARS_SAID = re.compile(
    rf"({NUMBER})\s*(?:辆|台)|({NUMBER})\s*(?:electric\s+)?(?:cars|vehicles|evs)\b", re.IGNORECASE
)
BARE_HOUR = re.compile(r"\b(?:1[0-2]|\d)(?::\d\d)?(?=$|\s+to)", re.IGNORECASE)
CHARGES = re.compile(
    r"充(?!电(?:桩|站|枪|器|口|车位))|\b(?:charge|charged|charging(?! (?:stations?|points?|posts?)))\b",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"吗|[?？]|哪|多少|能不能|是否|有没有|^(?:is|are|can|do|does|did|was|were|how|where)\b", re.IGNORECASE
)
"""What asks about charging, and does not order it."""
ENERGY = re.compile(r"(\d+(?:\.\d+)?)\s*(?:度|kwh\b|千瓦时)", re.IGNORECASE)
HOURS = re.compile(
    r"(\d{1,2})(?:[:：](\d{2})|点)?\s*(?:到|至|-|–|to|until|till)\s*(?:次日|第二天|明早|明天|早上|凌晨|next day)?\s*"
    r"(\d{1,2})(?:[:：](\d{2})|点)?(?!\s*(?:度|kwh|辆|%))",
    re.IGNORECASE,
)
TARGET = re.compile(
    r"(?:降|升|调|冷|热|加热|制冷|保持|控制|凉)(?:低|高|温|却)?(?:到|至|在)\s*(\d{2}(?:\.\d)?)\s*(?:°C|℃|度)?"
    r"|\b(?:cool|heat|warm|bring|get|chill|keep|be|cooled|heated)\b[^,.;]{0,40}?\b(?:to|at|below)\s+(\d{2}(?:\.\d)?)\b",
    re.IGNORECASE,
)
WARMER = re.compile(r"升|加热|热到|热至|\b(?:heat|warm|heated)\b", re.IGNORECASE)
BY = re.compile(
    r"(?:明天|明早|明日|今晚|今天|上午|下午|早上|晚上|中午)*\s*"
    r"(?:[\d一二三四五六七八九十两]{1,3}\s*(?:[:：]\d{2}|点(?:半|\d{1,2}分?)?)\s*(?:之|以)?前"
    r"|前\s*[\d一二三四五六七八九十两]{1,3}\s*(?:[:：]\d{2}|点半?))"
    r"|\b(?:by|before)\s+\d{1,2}(?::\d{2})?\s*(?:[ap]\.?m\b\.?|o'clock)?(?!\s*(?:kw|%|°))"
    r"(?:\s*\b(?:tomorrow|today)\b(?:\s+morning)?)?",
    re.IGNORECASE,
)
STAYS_ON = re.compile(
    r"(?P<a>[^，,。；;但]{1,15}?)(?:都|也|必须|要|得|需要|应该|应)*"
    r"(?:一直|始终|全程|全天|持续|24小时|保持)(?:都|要|得)*(?:不停|开|运行|运转)着?"
    r"|(?:不要|别|不能|不许|不准|勿)(?:关|停)(?:掉|闭|了|机)?(?P<b>[^，,。；;]{1,15})"
    r"|(?P<c>[^，,。；;但]{1,15}?)(?:不要|别|不能|不许|不准|勿)(?:关|停)(?:掉|闭|了|机)?"
    r"|\bkeep(?:ing)? (?:the )?(?P<d>[^,.;]{2,30}?) (?:on|running)\b"
    r"|\b(?:don't|do not|never|without) (?:turn(?:ing)? off|switch(?:ing)? off|stop(?:ping)?) "
    r"(?:the )?(?P<e>[^,.;]{2,30})"
    r"|\b(?:the )?(?P<f>[^,.;]{2,30}?) (?:must|should|has to|have to|needs? to) "
    r"(?:stay|keep|remain|be kept|run)(?: on| running| all)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comfort:
    """A temperature that rooms shall have by a time of day."""

    low_c: float
    high_c: float
    by: str | None
    day: PlanDay | None

    @property
    def climate(self) -> ClimateWish:
        """The climate of all rooms in which a temperature is measured."""
        return ClimateWish(low_c=self.low_c, high_c=self.high_c)

    @property
    def text(self) -> Text:
        """How it is said."""
        band = f"{self.low_c:g}–{self.high_c:g} °C"
        until, until_en = (
            (f"{self.by} 起" if self.by else "开放时"),
            (f"from {self.by} on" if self.by else "while open"),
        )
        return Text(f"{until}室温 {band}", f"rooms have {band} {until_en}")


def says_comfort(text: str) -> bool:
    """Whether words name a temperature to be reached, by a time.

    >>> says_comfort("8点前降到26度"), says_comfort("cool the hall to 26 by 8"), says_comfort("8点关空调")
    (True, True, False)
    """
    return TARGET.search(text) is not None and BY.search(text) is not None


def says_cars(text: str) -> bool:
    """Whether words are about charging cars.

    >>> says_cars("今晚电动车怎么充"), says_cars("charge the cars tonight"), says_cars("车停在哪")
    (True, True, False)
    """
    return says(text, "cars") and says(text, "charging_of")


def says_charging(text: str) -> bool:
    """Whether words ask to charge cars, by how many they are, how much they take, or when they leave.

    >>> says_charging("给10辆车充电，7点前充满"), says_charging("充电桩在哪"), says_charging("charge the cars by 7")
    (True, False, True)
    """
    told = any(pattern.search(text) for pattern in (CARS_SAID, ENERGY, BY))
    return told and says_cars(text) and CHARGES.search(text) is not None and ASKED.search(text) is None


def stay_in(text: str, *, language: str) -> tuple[str, str]:
    """Return when cars come and leave, `HH:MM`, as words tell or as is usual.

    >>> stay_in("给10辆车充电，7点前充满", language="zh"), stay_in("charge them by 5 pm", language="en")
    (('18:00', '07:00'), ('08:00', '17:00'))
    """
    hours = HOURS.search(text)
    if hours is not None:
        comes, goes = (f"{int(hours[i]) % 24:02d}:{hours[i + 1] or '00'}" for i in (1, 3))
        return comes, goes
    due = BY.search(text)
    midnight = datetime(2000, 1, 1, tzinfo=UTC)
    said = due and re.sub(r"^(.*?)前\s*([\d一二三四五六七八九十两].*)$", r"\1\2前", due[0])
    if said:
        said = BARE_HOUR.sub(r"\g<0> am", said.strip())
    leaves = None if not said else find_when([said], language=language, now=midnight, zone=ZoneInfo("UTC"))
    goes = GOES if leaves is None else f"{leaves.end:%H:%M}"
    return COMES_EARLY if NOON < goes <= COMES else COMES, goes


def stays_overnight(text: str, *, language: str) -> bool:
    """Whether words are about cars that come on one day and leave on the next."""
    comes, goes = stay_in(text, language=language)
    return says_cars(text) and goes <= comes


def without_due(text: str) -> str:
    """Return a text without the time by which something has to be.

    >>> without_due("今晚给车充电，明天7点前充满")
    '今晚给车充电，充满'
    """
    return BY.sub("", text)


def comfort_in(text: str, *, language: str, now: datetime, zone: ZoneInfo) -> Comfort | None:
    """Return the temperature that words ask for, and by when."""
    said = TARGET.search(text)
    if said is None:
        return None
    value = float(said[1] or said[2])
    warmer = WARMER.search(text) is not None
    due = BY.search(text)
    at = None if due is None else find_when([due[0]], language=language, now=now, zone=zone)
    end = None if at is None else at.end.astimezone(zone)
    today = now.astimezone(zone).date()
    return Comfort(
        low_c=value if warmer else value - SPREAD_C, high_c=value + SPREAD_C if warmer else value,
        by=None if end is None else f"{end:%H:%M}",
        day=None if end is None else PlanDay.TODAY if end.date() == today else PlanDay.TOMORROW,
    )  # fmt: skip


def without_exceptions(text: str) -> str:
    """Return a text without what stays on, which is no kind that is planned; other words keep their places.

    >>> without_exceptions("plan the AC but keep the chiller on")
    'plan the AC but                    '
    """
    return STAYS_ON.sub(lambda said: " " * len(said[0]), text)


def kept_on(text: str) -> tuple[str, ...]:
    """Return the kinds of devices that words keep on.

    Raises
    ------
    DeviceWishError
        What stays on is no kind of device.
    """
    found = []
    for said in STAYS_ON.finditer(text):
        what = next(one for one in said.groups() if one is not None).strip()
        kind = named_in(what, "devices")
        if kind is None:
            raise DeviceWishError(
                Text(f"不知道“{what}”是哪类设备。", f"{what!r} is no known kind of device."), field="keep_on",
                hint=Text("例如：但冷水机一直开着。", "Such as: but keep the chiller on."),
            )  # fmt: skip
        found.append(kind)
    return tuple(dict.fromkeys(found))


def cars_in(
    text: str, chargers: tuple[tuple[Text, FeatureId | None], ...], *, language: str
) -> tuple[tuple[VehicleWish, ...], Text]:
    """Return the cars that words tell, or one at each charger of the map, and what of them is assumed.

    Raises
    ------
    DeviceWishError
        Nothing tells how many cars there are, or they are too many.
    """
    said = CARS_SAID.search(text)
    number = find_number(said[1] or said[2], language=language) if said else None
    many = len(chargers) if number is None else round(number.low or number.high or 0)
    if many < 1:
        raise DeviceWishError(
            Text(
                "不知道有几辆车：地图上没有充电桩。", "How many cars is not known: the map has no chargers."
            ),
            field="vehicles",
            hint=Text("例如：今晚 3 辆车，每辆充 20 度。", "Such as: 3 cars tonight, 20 kWh each."),
        )
    if many > MOST_CARS:
        raise DeviceWishError(
            Text(
                f"{many} 辆车太多：一次最多 {MOST_CARS} 辆。",
                f"{many} cars are too many: {MOST_CARS} at once at most.",
            ),
            field="vehicles",
            hint=Text("分几次安排。", "Plan them in parts."),
        )
    energy = ENERGY.search(text)
    each = CAR_KWH if energy is None else float(energy[1])
    comes, goes = stay_in(text, language=language)
    names = [
        chargers[i][0].zh if language == "zh" else chargers[i][0].en for i in range(min(many, len(chargers)))
    ]
    names += [f"车 {i + 1}" if language == "zh" else f"car {i + 1}" for i in range(len(names), many)]
    cars = tuple(
        VehicleWish(
            name=f"{name} #{i + 1}" if names.count(name) > 1 else name, arrival=comes, departure=goes,
            energy_kwh=each, power_kw=CAR_KW, device=chargers[i][1] if i < len(chargers) else None,
        )
        for i, name in enumerate(names)
    )  # fmt: skip
    source, source_en = ("（每个充电桩一辆）", " (one at each charger)") if number is None else ("", "")
    return cars, Text(
        f"{many} 辆车{source}，每辆 {each:g} kWh、{CAR_KW:g} kW，{comes} 到 {goes} 停放"
        f"（可以说“3 辆车每辆充 30 度，22 点到 6 点”）",
        f"{many} cars{source_en}, {each:g} kWh and {CAR_KW:g} kW each, there from {comes} to {goes} (say “3 cars, "
        "30 kWh each, 22 to 6” to change that)",
    )
