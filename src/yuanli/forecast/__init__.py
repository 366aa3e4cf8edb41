"""What comes next; what is unusual?"""

from yuanli.forecast.anomalies import Anomaly, AnomalyKind, AnomalyParams, find_anomalies
from yuanli.forecast.baselines import Baseline, BaselineKind
from yuanli.forecast.calendar import Calendar, Days, InvalidCalendarError, days_of
from yuanli.forecast.equipment import (
    AirFaultParams,
    AirPoint,
    AirState,
    EquipmentFault,
    FaultRule,
    air_points,
    diagnose_air_handler,
    fault_rules,
    find_air_point,
)
from yuanli.forecast.explaining import Driver, Explanation, explain_forecast
from yuanli.forecast.forecasting import Forecast, Interval, forecast, rolling_forecasts
from yuanli.forecast.history import (
    DAY,
    HOUR,
    History,
    InvalidHistoryError,
    daily,
    history_of,
    without_stuck,
    without_zeros,
)
from yuanli.forecast.plugins import (
    BrokenForecasterError,
    Forecaster,
    InvalidForecasterError,
    check_forecaster,
    load_forecaster,
)
from yuanli.forecast.replay import METHODS, ForecastParams, InvalidForecastError
from yuanli.forecast.savings import (
    InvalidSavingsError,
    NoBaselineError,
    Savings,
    SavingsParams,
    measure_savings,
)
from yuanli.forecast.signals import Signals, history_of_signals, signals_of
from yuanli.forecast.sums import InvalidTreeError, reconciled, summing_matrix
from yuanli.forecast.systems import InvalidSystemError, SystemModel, SystemScores, fit_system, score_system
from yuanli.forecast.trees import TreeParams, TreesMissingError
from yuanli.forecast.watching import (
    InvalidWatchError,
    SystemAnomaly,
    Watched,
    WatchParams,
    first_rows,
    system_anomalies,
    watch_system,
)

__all__ = [
    "DAY",
    "HOUR",
    "METHODS",
    "AirFaultParams",
    "AirPoint",
    "AirState",
    "Anomaly",
    "AnomalyKind",
    "AnomalyParams",
    "Baseline",
    "BaselineKind",
    "BrokenForecasterError",
    "Calendar",
    "Days",
    "Driver",
    "EquipmentFault",
    "Explanation",
    "FaultRule",
    "Forecast",
    "ForecastParams",
    "Forecaster",
    "History",
    "Interval",
    "InvalidCalendarError",
    "InvalidForecastError",
    "InvalidForecasterError",
    "InvalidHistoryError",
    "InvalidSavingsError",
    "InvalidSystemError",
    "InvalidTreeError",
    "InvalidWatchError",
    "NoBaselineError",
    "Savings",
    "SavingsParams",
    "Signals",
    "SystemAnomaly",
    "SystemModel",
    "SystemScores",
    "TreeParams",
    "TreesMissingError",
    "WatchParams",
    "Watched",
    "air_points",
    "check_forecaster",
    "daily",
    "days_of",
    "diagnose_air_handler",
    "explain_forecast",
    "fault_rules",
    "find_air_point",
    "find_anomalies",
    "first_rows",
    "fit_system",
    "forecast",
    "history_of",
    "history_of_signals",
    "load_forecaster",
    "measure_savings",
    "reconciled",
    "rolling_forecasts",
    "score_system",
    "signals_of",
    "summing_matrix",
    "system_anomalies",
    "watch_system",
    "without_stuck",
    "without_zeros",
]
