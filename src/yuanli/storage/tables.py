"""The tables, the same on SQLite and PostgreSQL; migrations/ makes them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC, also on SQLite, which has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Turn it to UTC; a time without a zone is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


def _of_campus() -> Column[str]:
    return Column("campus_id", String, ForeignKey("campus.id", ondelete="CASCADE"), nullable=False)


CAMPUS = Table(
    "campus",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("time_zone", String, nullable=False),
    Column("country", String, nullable=False),
    Column("imported_at", UtcTime, nullable=False),
    Column("counts", Text, nullable=False),
)
FEATURE = Table(
    "feature",
    METADATA,
    _of_campus(),
    Column("feature_id", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("campus_id", "feature_id"),
)
REVISION = Table(
    "revision",
    METADATA,
    _of_campus(),
    Column("number", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("changes", Text, nullable=False),
    PrimaryKeyConstraint("campus_id", "number"),
)
REPAIR = Table(
    "repair",
    METADATA,
    _of_campus(),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("campus_id", "position"),
)
EXTRA_FILE = Table(
    "extra_file",
    METADATA,
    _of_campus(),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("campus_id", "position"),
)
ACCOUNT = Table(
    "account",
    METADATA,
    Column("username", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
)


def _of_account() -> Column[str]:
    return Column("username", String, ForeignKey("account.username", ondelete="CASCADE"), nullable=False)


SESSION = Table(
    "session",
    METADATA,
    Column("secret_hash", String, primary_key=True),
    _of_account(),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
TOKEN = Table(
    "token",
    METADATA,
    Column("id", String, primary_key=True),
    _of_account(),
    Column("label", Text, nullable=False),
    Column("secret_hash", String, nullable=False, unique=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
)
FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", String, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("username", String, nullable=False),
    Column("conversation", Text),
    Column("text", Text, nullable=False),
    Column("context", Text),
    Column("language", String, nullable=False),
    Column("understood", Text, nullable=False),
    Column("model", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("corrected", Text),
    Column("note", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("reviews", Text, nullable=False),
    Column("reviewer", String),
    Column("reviewed_at", UtcTime),
)
Index(None, FEEDBACK.c.state, FEEDBACK.c.at)
CONVERSATION = Table(
    "conversation",
    METADATA,
    Column("username", String, nullable=False),
    Column("id", String, nullable=False),
    Column("campus_id", String, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("username", "id"),
)
"""A visitor's has no account, so that a user name is no key of `account` here."""
TURN = Table(
    "turn",
    METADATA,
    Column("username", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),
    Column("intent", String, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("slots", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("why", Text, nullable=False),
    PrimaryKeyConstraint("username", "conversation_id", "number"),
    ForeignKeyConstraint(
        ["username", "conversation_id"], ["conversation.username", "conversation.id"], ondelete="CASCADE"
    ),
)
Index(None, CONVERSATION.c.updated_at)
SERVICE_USAGE = Table(
    "service_usage",
    METADATA,
    Column("service", String, nullable=False),
    Column("day", Date, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("tokens", BigInteger, nullable=False),
    PrimaryKeyConstraint("service", "day"),
)
UNJUDGED = Table(
    "unjudged",
    METADATA,
    Column("writer", String, nullable=False),
    Column("block", Integer, nullable=False),
    Column("beat", BigInteger, nullable=False),
    PrimaryKeyConstraint("writer", "block"),
)
JUDGEMENT_RUN = Table(
    "judgement_run",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("judged_on", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("rules", Text, nullable=False),
    Column("parameters", Text, nullable=False),
)
JUDGED_SPAN = Table(
    "judged_span",
    METADATA,
    Column("point", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("run", Integer, nullable=False),
    PrimaryKeyConstraint("point", "start"),
)
DATA_SET = Table(
    "data_set",
    METADATA,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("licence", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("uploaded_by", String, nullable=False),
    Column("uploaded_at", UtcTime, nullable=False),
    Column("size", Integer, nullable=False),
    Column("reviewers", Integer, nullable=False),
    Column("labels", Text, nullable=False),
    Column("span_types", Text, nullable=False),
    UniqueConstraint("name", "version"),
)
EXAMPLE = Table(
    "example",
    METADATA,
    Column("data_set_id", String, ForeignKey("data_set.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("decision", Text),
    PrimaryKeyConstraint("data_set_id", "position"),
)
LABEL = Table(
    "label",
    METADATA,
    Column("data_set_id", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("reviewer", String, nullable=False),
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("data_set_id", "position", "reviewer"),
    ForeignKeyConstraint(
        ["data_set_id", "position"], ["example.data_set_id", "example.position"], ondelete="CASCADE"
    ),
)
OVERRULE = Table(
    "overrule",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("campus_id", String, nullable=False),
    Column("point", String, nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("verdict", String, nullable=False),
    Column("value", Float),
    Column("note", Text, nullable=False),
    Column("who", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("flags", Text),
    Column("undone_by", String),
    Column("undone_at", UtcTime),
    Column("reviewed_by", String),
    Column("reviewed_at", UtcTime),
    Column("agreed", Boolean),
    sqlite_autoincrement=True,
)
Index(None, OVERRULE.c.campus_id, OVERRULE.c.point)
INTERVAL_SET = Table(
    "interval_set",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("document", Text, nullable=False),
    UniqueConstraint("campus_id", "name"),
)
INTERVAL_TASK = Table(
    "interval_task",
    METADATA,
    Column("set_id", String, ForeignKey("interval_set.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("set_id", "position"),
)
"""A window with everybody's intervals and what was decided; windows that nobody has labelled have no row."""
INTERVAL_PROPOSAL = Table(
    "interval_proposal",
    METADATA,
    Column("set_id", String, ForeignKey("interval_set.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("source", String, nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("label", String, nullable=False),
    Column("score", Float),
    PrimaryKeyConstraint("set_id", "number"),
)
COMMAND = Table(
    "command",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("request", Text, nullable=False),
    Column("writes", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("begun", Boolean, nullable=False),
)
"""Commands that were shown. What was done to devices outlives their campus: no table of commands hangs on it."""
COMMAND_WRITE = Table(
    "command_write",
    METADATA,
    Column("command_id", String, nullable=False),
    Column("position", Integer, nullable=False),
    Column("campus_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("device_id", String),
    Column("point_id", String, nullable=False),
    Column("gateway", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("old", Float),
    Column("new", Float),
    Column("unit", Text),
    Column("state", String, nullable=False),
    Column("answered_at", UtcTime),
    Column("message", Text),
    PrimaryKeyConstraint("command_id", "position"),
)
DEVICE_LOCK = Table(
    "device_lock",
    METADATA,
    Column("campus_id", String, nullable=False),
    Column("device_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("until", UtcTime),
    PrimaryKeyConstraint("campus_id", "device_id"),
)
PLAN_RUN = Table(
    "plan_run",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", Text, nullable=False),
)
"""Plans of devices that are carried out; like commands they outlive their campus."""
PLAN_POLICY = Table(
    "plan_policy",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("document", Text, nullable=False),
)
STANDING_ORDER = Table(
    "standing_order",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("request", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("empty_since", UtcTime),
    Column("message", Text),
    Column("next_at", UtcTime),
    Column("zone", String),
    Column("rule", String),
)
"""Commands that wait until a place is empty, or for their time by the clock of a zone."""
REPORT = Table(
    "report",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("document", Text, nullable=False),
)
REPORT_RUN = Table(
    "report_run",
    METADATA,
    Column("id", String, primary_key=True),
    Column("report_id", String, nullable=False),
    Column("campus_id", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("files", Text, nullable=False),
    Column("error", Text),
)
Index(None, REPORT.c.campus_id)
Index(None, REPORT_RUN.c.report_id)
Index("ix_plan_run_campus_id", PLAN_RUN.c.campus_id, PLAN_RUN.c.at)
Index(None, STANDING_ORDER.c.state)
Index(None, COMMAND.c.at)
Index("ix_command_write_campus_id", COMMAND_WRITE.c.campus_id, COMMAND_WRITE.c.at)
Index("ix_command_write_device_id", COMMAND_WRITE.c.campus_id, COMMAND_WRITE.c.device_id, COMMAND_WRITE.c.at)
TARIFF = Table(
    "tariff",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("document", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String, nullable=False),
)
"""Stays when a campus is imported anew, so that its id is no key of `campus` here."""
CAMPUS_CALENDAR = Table(
    "campus_calendar",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("document", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("changed_by", String, nullable=False),
)
"""Stays when a campus is imported anew, as tariffs do."""
ANOMALY_SPAN = Table(
    "anomaly_span",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("checked", Text, nullable=False),
)
ANOMALY = Table(
    "anomaly",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("document", Text, nullable=False),
)
"""Both are computed anew where a campus is imported anew, so that its id is no key of `campus` here either."""
Index("ix_anomaly_end", ANOMALY.c.campus_id, ANOMALY.c.end)
SOLVE = Table(
    "solve",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("state", String, nullable=False),
    Column("progress", Text),
    Column("ended_at", UtcTime),
    Column("error", Text),
    Column("order", Text, nullable=False),
    Column("problem", LargeBinary, nullable=False),
    Column("incumbent", Text),
    Column("plan", Text),
)
"""Problems that are solved, with the newest incumbent while they are, and their plans."""
Index("ix_solve_campus_id", SOLVE.c.campus_id, SOLVE.c.at)
FORECAST_NIGHT = Table(
    "forecast_night",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("origin", UtcTime, nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("planned", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("too_little", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("failures", Text, nullable=False),
)
FORECAST = Table(
    "forecast",
    METADATA,
    Column("campus_id", String, primary_key=True),
    Column("quantity", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("night", Date, primary_key=True),
    Column("told", Text, nullable=False),
    Column("hourly", LargeBinary, nullable=False),
    Column("daily", LargeBinary),
)
"""A row a subject and night: its steps packed, the rest as JSON. Computed anew, like anomalies."""
Index("ix_forecast_night", FORECAST.c.night)
RESERVATION = Table(
    "reservation",
    METADATA,
    Column("id", String, primary_key=True),
    Column("campus_id", String, nullable=False),
    Column("space_id", Text, nullable=False),
    Column("start", UtcTime, nullable=False),
    Column("end", UtcTime, nullable=False),
    Column("who", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("attendees", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("came_at", UtcTime),
)
RESERVED_STEP = Table(
    "reserved_step",
    METADATA,
    Column("campus_id", String, nullable=False),
    Column("space_id", Text, nullable=False),
    Column("step", BigInteger, nullable=False),
    Column("reservation_id", String, nullable=False),
    PrimaryKeyConstraint("campus_id", "space_id", "step"),
)
"""Five minutes of a room, held by one reservation: the key is what keeps a room from being held twice."""
Index("ix_reservation_end", RESERVATION.c.campus_id, RESERVATION.c.end)
Index("ix_reserved_step_reservation_id", RESERVED_STEP.c.reservation_id)
Index(None, SESSION.c.username)
Index(None, TOKEN.c.username)
