"""What is wrong with a machine, by rules that people wrote: points, operating states, conditions, diagnosis."""

from yuanli.forecast.equipment.diagnosing import EquipmentFault, FaultRule, diagnose_air_handler, fault_rules
from yuanli.forecast.equipment.points import AirPoint, air_points, find_air_point
from yuanli.forecast.equipment.states import AirFaultParams, AirState

__all__ = [
    "AirFaultParams",
    "AirPoint",
    "AirState",
    "EquipmentFault",
    "FaultRule",
    "air_points",
    "diagnose_air_handler",
    "fault_rules",
    "find_air_point",
]
