"""The whole installation: its use cases, and what goes on beside the requests."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread, get_native_id
from zoneinfo import ZoneInfo

from yuanli.bootstrap.compiling import compile_ahead
from yuanli.bootstrap.gateways import FaultyGateway, Gateway, GatewayThread
from yuanli.bootstrap.readings import readings_budget
from yuanli.campus import CampusId, Imported
from yuanli.errors import NotFoundError, YuanliError
from yuanli.learning import Runs
from yuanli.operations import (
    Accounts,
    Anomalies,
    Assistant,
    CampusCalendars,
    Changing,
    Cleaner,
    Commands,
    DataQuality,
    Datasets,
    DeviceDrafts,
    DeviceGateways,
    Energy,
    FeedbackLoop,
    FlowDrafts,
    Forecasts,
    Guidance,
    Intake,
    IntervalLabelling,
    Labelling,
    Listening,
    Models,
    Night,
    NightlyForecasts,
    Outlooks,
    Overruling,
    PeopleCounts,
    PeopleForecasts,
    Places,
    PlanRecords,
    PlanRuns,
    ReadingFiles,
    ReadingsHealth,
    ReadingStore,
    Reports,
    Reservation,
    Reservations,
    RetentionParams,
    RoomDrafts,
    RoomUsage,
    RoundDrafts,
    RuleTuner,
    SavingsMeasurement,
    Sensing,
    SiteDrafts,
    SizeCurves,
    Solving,
    SpaceDrafts,
    StandingOrders,
    States,
    StateTraining,
    Telemetry,
    Twin,
    keep_orders,
    keep_plan_runs,
    readings_health,
)
from yuanli.services import FeishuMessenger
from yuanli.settings import Settings
from yuanli.storage import (
    Database,
    SqlReservationStore,
)

TIDY_EVERY_S = 3600
STOP_S = 10
REPORTS_EVERY_S = 300
FINDING_EVERY_S = 600
FORECASTING_EVERY_S = 300
NICENESS = 10
DEMO_DAYS = 7
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the edges work with. `now` is the wall clock."""

    settings: Settings
    database: Database
    places: Places
    guidance: Guidance
    assistant: Assistant
    accounts: Accounts
    models: Models
    feedback: FeedbackLoop
    datasets: Datasets
    labelling: Labelling
    runs: Runs
    now: Callable[[], datetime]
    listening: Listening
    readings: ReadingStore
    intake: Intake
    reading_files: ReadingFiles
    telemetry: Telemetry
    overruling: Overruling
    rule_tuner: RuleTuner
    quality: DataQuality
    intervals: IntervalLabelling
    forecasts: Forecasts
    people_forecasts: PeopleForecasts
    calendars: CampusCalendars
    outlooks: Outlooks
    nightly: NightlyForecasts
    energy: Energy
    anomalies: Anomalies
    savings: SavingsMeasurement
    people: PeopleCounts
    cleaner: Cleaner
    twin: Twin
    device_gateways: DeviceGateways
    commands: Commands
    standing: StandingOrders
    reports: Reports
    reservations: Reservations
    room_usage: RoomUsage
    solving: Solving
    changing: Changing
    sensing: Sensing
    space_drafts: SpaceDrafts
    device_drafts: DeviceDrafts
    plan_runs: PlanRuns
    plan_records: PlanRecords
    room_drafts: RoomDrafts
    round_drafts: RoundDrafts
    flow_drafts: FlowDrafts
    site_drafts: SiteDrafts
    size_curves: SizeCurves
    gateways: tuple[Gateway | FaultyGateway, ...] = ()
    states: States
    state_training: StateTraining
    messenger: FeishuMessenger | None = None
    resources: ExitStack = field(default_factory=ExitStack)

    def ensure_admin(self) -> str | None:
        """Make the first administrator; return the password to show once, or None if there is a user."""
        return self.accounts.create_first_admin()

    def ensure_demo(self) -> None:
        """Keep the demo park, where it is not kept yet."""
        from yuanli.demo import demo_campus

        campus = demo_campus()
        if all(summary.id != campus.id for summary in self.places.summaries()):
            self.places.add(Imported(campus=campus), who="yuanli", why="demo")

    def ensure_demo_meetings(self) -> int:
        """Keep the demo park's meetings of a week before and after today, where none is kept; return how many."""
        from yuanli.demo import demo_campus, demo_meetings

        now, campus = self.now(), demo_campus()
        span = timedelta(days=DEMO_DAYS)
        if self.reservations.list(campus.id, now - span, now + span):
            return 0
        store, made = SqlReservationStore(self.database), 0
        rooms = [
            (room.id, room.capacity or 1)
            for room in self.reservations.rooms(campus.id)
            if room.category == "conferenceroom"
        ]
        today = now.astimezone(ZoneInfo(campus.time_zone)).date()
        for day in (today + timedelta(days=n) for n in range(-DEMO_DAYS, DEMO_DAYS + 1)):
            for one in demo_meetings(rooms, day, campus.time_zone):
                made += 1
                store.add(
                    Reservation(
                        id=f"demo-{one.space_id}-{one.start:%Y%m%d%H%M}", campus_id=campus.id, space_id=one.space_id,
                        start=one.start.astimezone(UTC), end=one.end.astimezone(UTC), who=one.who, made_at=now,
                        attendees=one.attendees, title=one.title,
                    )
                )  # fmt: skip
        return made

    def warm_up(self) -> None:
        """Prepare the guides of all campuses, so that the first to ask need not wait."""
        for summary in self.places.summaries():
            self._prepare(summary.id)

    def keep_warm(self) -> None:
        """Prepare the guide of a campus as soon as it changes, beside the requests."""
        self.places.on_change(
            lambda campus_id: Thread(target=self._prepare, args=(campus_id,), daemon=True).start()
        )

    def keep_tidy(self) -> None:
        """Pack and forget readings each hour, beside the requests, until the house is closed."""
        closing = Event()
        self.resources.callback(closing.set)

        def tend() -> None:
            warned = False
            while not closing.wait(TIDY_EVERY_S):
                try:
                    self.tidy()
                    warning = self.readings_health().warning
                except YuanliError as error:
                    log.warning("Readings can't be packed: %s", error)
                    continue
                if warning is not None and not warned:
                    log.warning("%s", warning)
                warned = warning is not None

        Thread(target=tend, name="tidy", daemon=True).start()

    def readings_health(self) -> ReadingsHealth:
        """Return what the readings take on the disk, and what waits."""
        footprint = self.readings.footprint()
        connections = [gateway.connection() for gateway in self.gateways]
        backlog = self.cleaner.backlog()
        return readings_health(
            footprint,
            now=self.now(),
            budget_bytes=readings_budget(self.settings, footprint),
            keep_days=self.settings.retention_days,
            pending=backlog.due,
            resting=backlog.resting,
            gateways=len(connections),
            connected=sum(connection.connected for connection in connections),
            spooled_bytes=sum(connection.waiting_bytes or 0 for connection in connections),
        )

    def tidy(self) -> None:
        """Pack readings of hours that are over, and forget those that are older than their class is kept."""
        self.telemetry.tidy(self.now(), RetentionParams(days=self.settings.retention_days))

    def keep_connected(self) -> None:
        """Let the gateways of the settings read, beside the requests, until the house is closed."""
        reading = GatewayThread(self.gateways, self.places.campus)
        self.resources.callback(reading.stop)
        reading.start()

    def keep_clean(self) -> None:
        """Judge readings as they arrive, beside the requests, until the house is closed."""
        closing = Event()
        thread = Thread(target=self.cleaner.run, args=(closing.wait,), name="cleaner", daemon=True)

        def stop() -> None:
            closing.set()
            thread.join(STOP_S)

        self.resources.callback(stop)
        thread.start()

    def keep_orders(self) -> None:
        """Look at the commands that wait each minute, beside the requests, until the house is closed."""
        closing = Event()
        self.resources.callback(closing.set)
        Thread(
            target=keep_orders, args=(self.standing, self.now, closing.wait), name="orders", daemon=True
        ).start()

    def keep_plan_runs(self) -> None:
        """Carry plans of devices out, beside the requests, until the house is closed."""
        closing = Event()
        thread = Thread(
            target=keep_plan_runs, args=(self.plan_runs, closing.wait), name="plan-runs", daemon=True
        )

        def stop() -> None:
            closing.set()
            thread.join(STOP_S)

        self.resources.callback(stop)
        thread.start()

    def keep_reporting(self) -> None:
        """Make the reports that are due each few minutes, beside the requests, until the house is closed."""
        closing = Event()
        self.resources.callback(closing.set)

        def tend() -> None:
            while not closing.wait(REPORTS_EVERY_S):
                self.reports.make_due()

        Thread(target=tend, name="reports", daemon=True).start()

    def keep_finding(self) -> None:
        """Look for anomalies each few hours, beside the requests, until the house is closed."""
        closing = Event()
        self.resources.callback(closing.set)

        def tend() -> None:
            while not closing.wait(FINDING_EVERY_S):
                self.renew_anomalies()

        Thread(target=tend, name="anomalies", daemon=True).start()

    def renew_anomalies(self) -> None:
        """Compute what is due of the anomalies of all campuses."""
        for summary in self.places.summaries():
            try:
                self.anomalies.renew(summary.id, self.now())
            except YuanliError as error:
                log.warning("Campus %s can't be searched for anomalies: %s", summary.id, error)

    def keep_forecasting(self) -> None:
        """Forecast each night, beside the requests, until the house is closed; a missed night is made up for."""
        closing = Event()

        def tend() -> None:
            _yield_to_others()
            while not closing.wait(FORECASTING_EVERY_S):
                self.renew_forecasts(closing.is_set)

        thread = Thread(target=tend, name="forecasts", daemon=True)

        def stop() -> None:
            closing.set()
            thread.join(STOP_S)

        self.resources.callback(stop)
        thread.start()

    def renew_forecasts(self, stopped: Callable[[], bool] = lambda: False) -> None:
        """Make the nights' forecasts that are due, of all campuses."""
        for summary in self.places.summaries():
            try:
                if stopped() or not self.nightly.is_due(summary.id):
                    continue
                log.info("Forecasts of %s: begun", summary.id)
                self.nightly.renew(summary.id, told=_tell_night, stopped=stopped)
            except YuanliError as error:
                log.warning("Campus %s can't be forecast: %s", summary.id, error)
            except Exception:  # outermost: the other campuses are forecast all the same
                log.exception("Campus %s can't be forecast", summary.id)

    def keep_compiled(self) -> None:
        """Compile the searches where they are not, beside the requests, until the house is closed."""
        if self.settings.compile_ahead:
            self.resources.callback(compile_ahead(self.settings.data_dir / "compiled.json"))

    def keep_solving(self) -> None:
        """Solve the problems that wait, beside the requests, until the house is closed."""
        closing = Event()
        thread = Thread(target=self.solving.run, args=(closing,), name="solving", daemon=True)

        def stop() -> None:
            closing.set()
            thread.join(STOP_S)

        self.resources.callback(stop)
        self.solving.resume()
        thread.start()

    def _prepare(self, campus_id: CampusId) -> None:
        try:
            self.guidance.guide(campus_id)
        except NotFoundError:
            log.debug("Campus %s was removed", campus_id)
        except YuanliError as error:
            log.warning("Campus %s can't be prepared: %s", campus_id, error)

    def close(self) -> None:
        """Keep what is not kept yet; close the database, and the connections to outside services."""
        self.models.close()
        self.resources.close()
        self.database.close()


def _tell_night(night: Night) -> None:
    log.info(
        "Forecasts of %s: %.0f %% (%d made, %d with too little past, %d failed)",
        night.campus_id, 100 * night.share, night.kept, night.too_little, night.failed,
    )  # fmt: skip


def _yield_to_others() -> None:
    """Let the system run this thread after those that serve, where it can tell threads apart."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)
