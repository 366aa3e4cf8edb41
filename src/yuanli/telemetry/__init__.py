"""What do meters and sensors say?"""

from yuanli.telemetry.counters import Consumption, DayTotals, by_day, consumption
from yuanli.telemetry.augmenting import (
    Fault,
    FaultParams,
    Injected,
    inject_faults,
    jitter,
    scaled,
    time_warped,
    truth,
    window_slices,
)
from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.judging import BLOCK, LINEAGE, RULES_VERSION, Overrule, Window, judge, touched
from yuanli.telemetry.quality import FAULTS, Quality, Reason
from yuanli.telemetry.quantities import (
    Form,
    Quantity,
    Unit,
    UnitError,
    UnknownQuantityError,
    conversion,
    convert,
    find_quantity,
    find_unit,
    quantities,
    quantity,
)
from yuanli.telemetry.readings import Readings, Series, Times, Values

__all__ = [
    "BLOCK",
    "FAULTS",
    "LINEAGE",
    "RULES_VERSION",
    "CleaningParams",
    "Consumption",
    "DayTotals",
    "Fault",
    "FaultParams",
    "Form",
    "Injected",
    "Overrule",
    "PointFacts",
    "Quality",
    "Quantity",
    "Readings",
    "Reason",
    "Series",
    "Times",
    "Unit",
    "UnitError",
    "UnknownQuantityError",
    "Values",
    "Window",
    "by_day",
    "consumption",
    "conversion",
    "convert",
    "find_quantity",
    "find_unit",
    "inject_faults",
    "jitter",
    "judge",
    "quantities",
    "quantity",
    "scaled",
    "time_warped",
    "touched",
    "truth",
    "window_slices",
]
