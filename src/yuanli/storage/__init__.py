"""Where is it kept?"""

from yuanli.storage.accounts import SqlAccountStore
from yuanli.storage.anomalies import SqlAnomalyStore
from yuanli.storage.calendars import SqlCalendarStore
from yuanli.storage.campuses import SqlCampusStore
from yuanli.storage.commands import SqlCommandStore
from yuanli.storage.conversations import SqlConversationStore
from yuanli.storage.database import Database, open_database
from yuanli.storage.datasets import SqlDatasetStore
from yuanli.storage.feedback import SqlFeedbackStore
from yuanli.storage.forecasts import SqlForecastStore
from yuanli.storage.intervals import SqlIntervalStore
from yuanli.storage.judgements import SqlJudgementLog
from yuanli.storage.overrules import SqlOverruleStore
from yuanli.storage.plan_runs import SqlPlanRunStore
from yuanli.storage.readings import SqliteReadingStore
from yuanli.storage.readings_postgres import PostgresReadingStore
from yuanli.storage.reports import SqlReportStore
from yuanli.storage.reservations import SqlReservationStore
from yuanli.storage.rule_tunings import FileRuleTunings
from yuanli.storage.solves import SqlSolveStore
from yuanli.storage.standing import SqlStandingStore
from yuanli.storage.tables_as_files import TableFormat, write_table
from yuanli.storage.tariffs import SqlTariffStore
from yuanli.storage.unjudged import SqlUnjudgedStore
from yuanli.storage.usage import SqlUsageStore

__all__ = [
    "Database",
    "FileRuleTunings",
    "PostgresReadingStore",
    "SqlAccountStore",
    "SqlAnomalyStore",
    "SqlCalendarStore",
    "SqlCampusStore",
    "SqlCommandStore",
    "SqlConversationStore",
    "SqlDatasetStore",
    "SqlFeedbackStore",
    "SqlForecastStore",
    "SqlIntervalStore",
    "SqlJudgementLog",
    "SqlOverruleStore",
    "SqlPlanRunStore",
    "SqlReportStore",
    "SqlReservationStore",
    "SqlSolveStore",
    "SqlStandingStore",
    "SqlTariffStore",
    "SqlUnjudgedStore",
    "SqlUsageStore",
    "SqliteReadingStore",
    "TableFormat",
    "open_database",
    "write_table",
]
