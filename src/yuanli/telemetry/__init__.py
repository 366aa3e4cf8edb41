"""What do meters and sensors say?"""

from yuanli.telemetry.facts import CleaningParams, PointFacts
from yuanli.telemetry.judging import LINEAGE, RULES_VERSION, Overrule, Window, judge, touched
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
    "FAULTS",
    "LINEAGE",
    "RULES_VERSION",
    "CleaningParams",
    "Form",
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
    "conversion",
    "convert",
    "find_quantity",
    "find_unit",
    "judge",
    "quantities",
    "quantity",
    "touched",
]
