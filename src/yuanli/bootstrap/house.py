"""The whole installation: settings, stores and the use cases on them."""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from threading import Event, Thread, get_native_id
from zoneinfo import ZoneInfo

from yuanli.bootstrap.gateways import FaultyGateway, Gateway, GatewayThread, add_writers, make_gateways
from yuanli.bootstrap.larger import second_opinion
from yuanli.bootstrap.messengers import find_messenger
from yuanli.bootstrap.models import open_models, reader_of
from yuanli.bootstrap.reading import understander_of
from yuanli.bootstrap.readings import open_readings, readings_budget
from yuanli.bootstrap.speech import listening_of
from yuanli.bootstrap.tariffs import tariffs_of
from yuanli.campus import CampusId, Imported
from yuanli.errors import NotFoundError, YuanliError
from yuanli.learning import Runs
from yuanli.operations import (
    Abilities,
    AccountParams,
    Accounts,
    Anomalies,
    Assistant,
    Changing,
    Cleaner,
    Commands,
    DataQuality,
    Datasets,
    DeviceDrafts,
    DeviceGateways,
    Energy,
    FeedbackLoop,
    FeedbackParams,
    FlowDrafts,
    Forecasts,
    FreshForecasts,
    Guidance,
    Intake,
    IntervalLabelling,
    Labelling,
    Listening,
    ModelParams,
    Models,
    Night,
    NightlyForecasts,
    NightParams,
    Overruling,
    Places,
    PlanDevicesAct,
    PlanRecords,
    PlanRuns,
    PointBooks,
    ReadingsHealth,
    ReadingStore,
    Reports,
    Reservation,
    Reservations,
    RetentionParams,
    RoomUsage,
    RoundDrafts,
    SavingsMeasurement,
    Sections,
    Sensing,
    Solving,
    SpaceDrafts,
    StandingOrders,
    States,
    Telemetry,
    Twin,
    answers_of,
    device_acts,
    keep_orders,
    keep_plan_runs,
    people_of,
    readings_health,
    reread,
    space_acts,
    space_answers,
)
from yuanli.services import FeishuMessenger
from yuanli.settings import Settings
from yuanli.storage import (
    Database,
    SqlAccountStore,
    SqlAnomalyStore,
    SqlCampusStore,
    SqlCommandStore,
    SqlConversationStore,
    SqlDatasetStore,
    SqlFeedbackStore,
    SqlForecastStore,
    SqlIntervalStore,
    SqlOverruleStore,
    SqlPlanRunStore,
    SqlReportStore,
    SqlReservationStore,
    SqlSolveStore,
    SqlStandingStore,
    SqlTariffStore,
    SqlUnjudgedStore,
    open_database,
)
from yuanli.telemetry import convert

SECRET_BYTES = 32
ID_BYTES = 12
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
    telemetry: Telemetry
    overruling: Overruling
    quality: DataQuality
    intervals: IntervalLabelling
    forecasts: Forecasts
    fresh_forecasts: FreshForecasts
    nightly: NightlyForecasts
    energy: Energy
    anomalies: Anomalies
    savings: SavingsMeasurement
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
    round_drafts: RoundDrafts
    flow_drafts: FlowDrafts
    gateways: tuple[Gateway | FaultyGateway, ...] = ()
    states: States
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


def open_house(settings: Settings) -> House:
    """Open the installation of these settings, made where there is none.

    Raises
    ------
    StoreUnavailableError
        The database can't be opened.
    """
    return build_house(settings, now=lambda: datetime.now(UTC))


def build_house(
    settings: Settings,
    *,
    now: Callable[[], datetime],
    account_params: AccountParams = AccountParams(),
    model_params: ModelParams = ModelParams(),
    abilities: Abilities | None = None,
) -> House:
    """Build the whole on a clock of one's own."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = open_database(settings.sqlalchemy_url)
    places = Places(SqlCampusStore(database), now)
    guidance = Guidance(places, cache_dir=settings.data_dir / "cache", clock=now)
    accounts = Accounts(
        SqlAccountStore(database),
        clock=now,
        secret=lambda: secrets.token_urlsafe(SECRET_BYTES),
        session_length_s=settings.session_length_s,
        params=account_params,
    )
    resources = ExitStack()
    models = open_models(settings, now=now, params=model_params)
    label_store = SqlDatasetStore(database)
    readings = open_readings(settings, resources)
    overrules = SqlOverruleStore(database)
    telemetry = Telemetry(readings, places, overrules)
    datasets = Datasets(label_store, clock=now, new_id=_new_id)
    intake = Intake(readings, PointBooks(places), clock=now, convert=convert)
    cleaner = Cleaner(
        telemetry.judging, places, SqlUnjudgedStore(database),
        writer=_new_id(), clock=time.monotonic, cpu=time.thread_time,
    )  # fmt: skip
    intake.guard_by(cleaner.guard)
    intake.on_readings(cleaner.hear)
    device_gateways, twin = DeviceGateways(), Twin(readings, places)
    telemetry.on_judged(twin.forget)
    forecasts = SqlForecastStore(database)
    fresh = FreshForecasts(forecasts)
    energy = Energy(
        readings, places, SqlTariffStore(database), clock=now, default=tariffs_of(settings.tariffs_file),
        kept=fresh,
    )  # fmt: skip
    commands = Commands(
        SqlCommandStore(database), device_gateways, places, telemetry, clock=now, new_id=_new_id
    )
    solving = Solving(SqlSolveStore(database), places, clock=now, new_id=_new_id)
    device_drafts = DeviceDrafts(places, readings, twin, energy, commands, device_gateways, fresh, clock=now)
    run_store = SqlPlanRunStore(database)
    plan_runs = PlanRuns(
        run_store,
        run_store,
        solving,
        device_drafts,
        commands,
        places,
        telemetry,
        twin,
        clock=now,
        new_id=_new_id,
    )
    standing = StandingOrders(SqlStandingStore(database), commands, twin)
    reservations = Reservations(SqlReservationStore(database), guidance, new_id=_new_id)
    space_drafts = SpaceDrafts(guidance, clock=now)
    room_usage = RoomUsage(reservations, guidance, twin)
    anomalies = Anomalies(readings, places, SqlAnomalyStore(database), energy.tariffs)
    if abilities is None:
        refine = second_opinion(settings, database, now, resources)
        abilities = Abilities(
            understander=understander_of(reader_of(models), refine),
            answers={
                **answers_of(energy, twin, anomalies, commands.rules, fresh),
                **space_answers(reservations, room_usage, solving, guidance),
            },
            acts={
                **device_acts(
                    commands,
                    guidance,
                    standing,
                    PlanDevicesAct(drafts=device_drafts, solving=solving, guidance=guidance, energy=energy),
                ),
                **space_acts(reservations, space_drafts, solving, guidance),
            },
            reread=reread,
        )
    gateways = make_gateways(settings, intake)
    add_writers(settings, gateways, device_gateways)
    return House(
        settings=settings,
        database=database,
        places=places,
        guidance=guidance,
        assistant=Assistant(guidance, SqlConversationStore(database), abilities),
        accounts=accounts,
        models=models,
        feedback=FeedbackLoop(
            SqlFeedbackStore(database),
            folder=settings.data_dir / "feedback",
            clock=now,
            new_id=_new_id,
            rng=SystemRandom(),
            params=FeedbackParams(reviewers=settings.feedback_reviewers),
        ),
        datasets=datasets,
        labelling=Labelling(label_store, datasets, clock=now),
        runs=Runs(settings.runs_folder),
        now=now,
        listening=listening_of(settings, places, resources),
        readings=readings,
        telemetry=telemetry,
        intervals=IntervalLabelling(SqlIntervalStore(database), telemetry, clock=now, new_id=_new_id),
        quality=DataQuality(readings, places),
        overruling=Overruling(overrules, telemetry, clock=now),
        device_gateways=device_gateways,
        commands=commands,
        standing=standing,
        reports=Reports(
            SqlReportStore(database),
            places,
            Sections(energy=energy, twin=twin, telemetry=telemetry),
            folder=settings.data_dir / "reports",
            clock=now,
            new_id=_new_id,
        ),
        reservations=reservations,
        room_usage=room_usage,
        space_drafts=space_drafts,
        round_drafts=RoundDrafts(guidance, clock=now),
        solving=solving,
        changing=Changing(solving),
        sensing=Sensing(solving),
        device_drafts=device_drafts,
        plan_runs=plan_runs,
        plan_records=PlanRecords(places, readings, energy, twin),
        forecasts=Forecasts(readings, places, fresh),
        fresh_forecasts=fresh,
        flow_drafts=FlowDrafts(guidance, people_of(twin, fresh)),
        nightly=NightlyForecasts(
            readings,
            places,
            forecasts,
            energy=energy,
            twin=twin,
            clock=now,
            params=NightParams(hour=settings.forecast_hour),
        ),
        anomalies=anomalies,
        savings=SavingsMeasurement(readings, places),
        intake=intake,
        cleaner=cleaner,
        gateways=gateways,
        energy=energy,
        twin=twin,
        states=States(readings, places),
        messenger=find_messenger(settings, resources),
        resources=resources,
    )


def _new_id() -> str:
    return secrets.token_urlsafe(ID_BYTES)
