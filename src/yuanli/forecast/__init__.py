"""What comes next; what is unusual?"""

from yuanli.forecast.anomalies import Anomaly, AnomalyKind, AnomalyParams, find_anomalies
from yuanli.forecast.calendar import Calendar, Days, InvalidCalendarError, days_of
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
from yuanli.forecast.sums import InvalidTreeError, reconciled, summing_matrix
from yuanli.forecast.systems import InvalidSystemError, SystemModel, SystemScores, fit_system, score_system
from yuanli.forecast.trees import TreeParams, TreesMissingError

__all__ = [
    "DAY",
    "HOUR",
    "METHODS",
    "Anomaly",
    "AnomalyKind",
    "AnomalyParams",
    "BrokenForecasterError",
    "Calendar",
    "Days",
    "Driver",
    "Explanation",
    "Forecast",
    "ForecastParams",
    "Forecaster",
    "History",
    "Interval",
    "InvalidCalendarError",
    "InvalidForecastError",
    "InvalidForecasterError",
    "InvalidHistoryError",
    "InvalidSystemError",
    "InvalidTreeError",
    "SystemModel",
    "SystemScores",
    "TreeParams",
    "TreesMissingError",
    "check_forecaster",
    "daily",
    "days_of",
    "explain_forecast",
    "find_anomalies",
    "fit_system",
    "forecast",
    "history_of",
    "load_forecaster",
    "reconciled",
    "rolling_forecasts",
    "score_system",
    "summing_matrix",
    "without_stuck",
    "without_zeros",
]
