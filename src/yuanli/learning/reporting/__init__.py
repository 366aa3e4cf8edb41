"""What a model's predictions are worth, kept as `metrics.json` and shown as a page."""

from yuanli.learning.reporting.evaluation import Evaluation, EvaluationParams, evaluate
from yuanli.learning.reporting.outcomes import Outcome
from yuanli.learning.reporting.reports import report_html, write_report
from yuanli.learning.reporting.results import InvalidEvaluationError, load_evaluation, save_evaluation
from yuanli.learning.reporting.scoring import compare_outcomes

__all__ = [
    "Evaluation",
    "EvaluationParams",
    "InvalidEvaluationError",
    "Outcome",
    "compare_outcomes",
    "evaluate",
    "load_evaluation",
    "report_html",
    "save_evaluation",
    "write_report",
]
