"""How an installation is put together from its settings: stores, and the use cases on them."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from random import SystemRandom

from yuanli.bootstrap.forecasters import open_forecasters
from yuanli.bootstrap.gateways import add_writers, make_gateways
from yuanli.bootstrap.house import House
from yuanli.bootstrap.larger import second_opinion
from yuanli.bootstrap.messengers import find_messenger
from yuanli.bootstrap.models import open_models, reader_of
from yuanli.bootstrap.reading import understander_of
from yuanli.bootstrap.readings import open_readings
from yuanli.bootstrap.speech import listening_of
from yuanli.bootstrap.tariffs import tariffs_of
from yuanli.learning import Runs
from yuanli.operations import (
    Abilities,
    AccountParams,
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
    FeedbackParams,
    FlowDrafts,
    Forecasts,
    FreshForecasts,
    Guidance,
    Intake,
    IntervalLabelling,
    Labelling,
    ModelParams,
    NightlyForecasts,
    NightParams,
    Outlooks,
    Overruling,
    PeopleAct,
    PeopleCounts,
    PeopleForecasts,
    Places,
    PlanDevicesAct,
    PlanRecords,
    PlanRuns,
    PointBooks,
    ReadingFiles,
    Reports,
    Reservations,
    RoomDrafts,
    RoomUsage,
    RoundDrafts,
    RuleTuner,
    SavingsMeasurement,
    Sections,
    Sensing,
    SiteDrafts,
    SizeCurves,
    Solving,
    SolvingParams,
    SpaceDrafts,
    StandingOrders,
    StateReader,
    States,
    StateTraining,
    Telemetry,
    Twin,
    answers_of,
    device_acts,
    energy_use_of,
    factors_of,
    follow_up,
    people_of,
    reread,
    space_acts,
    space_answers,
    usual_of,
)
from yuanli.settings import Settings
from yuanli.storage import (
    FileRuleTunings,
    SqlAccountStore,
    SqlAnomalyStore,
    SqlCalendarStore,
    SqlCampusStore,
    SqlCommandStore,
    SqlConversationStore,
    SqlDatasetStore,
    SqlFeedbackStore,
    SqlForecastStore,
    SqlIntervalStore,
    SqlJudgementLog,
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
MOST_THREADS = 8


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
    intervals = SqlIntervalStore(database)
    label_store = SqlDatasetStore(database)
    readings = open_readings(settings, resources)
    overrules = SqlOverruleStore(database)
    tunings = FileRuleTunings(settings.data_dir / "rules")
    telemetry = Telemetry(
        readings, places, overrules, SqlJudgementLog(database, now),
        tuned=lambda campus_id: factors_of(tunings.list_tunings(campus_id)), clock=now,
    )  # fmt: skip
    datasets = Datasets(label_store, clock=now, new_id=_new_id)
    books = PointBooks(places)
    intake = Intake(readings, books, clock=now, convert=convert)
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
    calendars = CampusCalendars(SqlCalendarStore(database), places, clock=now)
    booked = SqlReservationStore(database)
    outlooks = Outlooks(calendars, readings, booked, open_forecasters(settings.forecaster))
    people = PeopleForecasts(twin, fresh, outlooks)
    energy = Energy(
        readings, places, SqlTariffStore(database), clock=now, default=tariffs_of(settings.tariffs_file),
        kept=fresh, outlooks=outlooks,
    )  # fmt: skip
    commands = Commands(
        SqlCommandStore(database), device_gateways, places, telemetry, clock=now, new_id=_new_id
    )
    solving = Solving(
        SqlSolveStore(database), places, clock=now, new_id=_new_id,
        params=SolvingParams(workers=settings.solver_threads or _usual_threads()),
    )  # fmt: skip
    device_drafts = DeviceDrafts(places, readings, twin, energy, commands, device_gateways, people, clock=now)
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
        caller=accounts.caller,
        clock=now,
        new_id=_new_id,
    )
    standing = StandingOrders(SqlStandingStore(database), commands, twin, caller=accounts.caller)
    reservations = Reservations(booked, guidance, new_id=_new_id)
    space_drafts = SpaceDrafts(guidance, clock=now, energy=energy_use_of(energy, now))
    site_drafts = SiteDrafts(guidance, usual_of(twin))
    round_drafts = RoundDrafts(guidance, clock=now)
    flow_drafts = FlowDrafts(guidance, people_of(twin, people))
    room_usage = RoomUsage(reservations, guidance, twin)
    size_curves = SizeCurves(guidance, twin, reservations)
    savings = SavingsMeasurement(readings, places, calendars)
    quality = DataQuality(readings, places)
    anomalies = Anomalies(readings, places, SqlAnomalyStore(database), calendars, energy.tariffs)
    if abilities is None:
        refine = second_opinion(settings, database, now, resources)
        abilities = Abilities(
            understander=understander_of(reader_of(models), refine),
            answers={
                **answers_of(energy, twin, anomalies, commands.rules, people, PeopleCounts(readings, places)),
                **space_answers(reservations, room_usage, size_curves, solving, guidance),
            },
            acts={
                **device_acts(
                    commands,
                    guidance,
                    standing,
                    PlanDevicesAct(drafts=device_drafts, solving=solving, guidance=guidance, energy=energy),
                ),
                **space_acts(
                    reservations,
                    space_drafts,
                    site_drafts,
                    PeopleAct(rounds=round_drafts, flows=flow_drafts, solving=solving, guidance=guidance),
                    solving,
                    guidance,
                ),
            },
            reread=reread,
            follow=follow_up,
        )
    gateways = make_gateways(settings, intake)
    add_writers(settings, gateways, device_gateways)
    state_reader = StateReader(readings, places, intervals)
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
        intervals=IntervalLabelling(intervals, telemetry, clock=now, new_id=_new_id),
        quality=quality,
        rule_tuner=RuleTuner(readings, telemetry.judging, overrules, tunings, clock=now),
        overruling=Overruling(overrules, telemetry, tunings, clock=now),
        device_gateways=device_gateways,
        commands=commands,
        standing=standing,
        reports=Reports(
            SqlReportStore(database),
            places,
            Sections(
                energy=energy,
                twin=twin,
                anomalies=anomalies,
                savings=savings,
                quality=quality,
                forecasts=people,
            ),
            folder=settings.data_dir / "reports",
            clock=now,
            new_id=_new_id,
        ),
        reservations=reservations,
        room_usage=room_usage,
        space_drafts=space_drafts,
        room_drafts=RoomDrafts(guidance, reservations),
        round_drafts=round_drafts,
        solving=solving,
        changing=Changing(solving),
        sensing=Sensing(solving),
        device_drafts=device_drafts,
        plan_runs=plan_runs,
        plan_records=PlanRecords(places, readings, energy, twin, calendars),
        forecasts=Forecasts(readings, places, fresh, outlooks),
        people_forecasts=people,
        calendars=calendars,
        outlooks=outlooks,
        flow_drafts=flow_drafts,
        site_drafts=site_drafts,
        size_curves=size_curves,
        nightly=NightlyForecasts(
            readings,
            places,
            forecasts,
            energy=energy,
            twin=twin,
            outlooks=outlooks,
            clock=now,
            params=NightParams(hour=settings.forecast_hour),
        ),
        anomalies=anomalies,
        savings=savings,
        people=PeopleCounts(readings, places),
        intake=intake,
        reading_files=ReadingFiles(intake, readings, places, books),
        cleaner=cleaner,
        gateways=gateways,
        energy=energy,
        twin=twin,
        states=States(state_reader, models),
        state_training=StateTraining(state_reader, models, clock=now),
        messenger=find_messenger(settings, resources),
        resources=resources,
    )


def _usual_threads() -> int:
    """Return half of the processors, 1 to 8: the others are for whoever asks meanwhile."""
    return max(1, min(MOST_THREADS, (os.cpu_count() or 1) // 2))


def _new_id() -> str:
    return secrets.token_hex(ID_BYTES)
