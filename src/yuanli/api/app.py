"""The web application: every part's endpoints, the errors, and the console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

import yuanli
from yuanli.api import (
    about,
    accounts,
    anomalies,
    assistant,
    calendars,
    campus,
    channels,
    closures,
    commands,
    console,
    datasets,
    devices,
    drawing,
    edits,
    energy,
    errors,
    exports,
    feedback,
    forecast,
    gateways,
    imports,
    intervals,
    labelling,
    live,
    models,
    overrules,
    people,
    plan_runs,
    point_tables,
    quality,
    reading_files,
    readings,
    reports,
    reservations,
    routing,
    rule_tunings,
    runs,
    scenarios,
    solving,
    speech,
    state_models,
    twin,
    users,
)
from yuanli.api.channels.answering import AnsweredOnce
from yuanli.api.import_jobs import ImportJobs
from yuanli.api.judging import JudgingJobs
from yuanli.api.limits import BodyLimits
from yuanli.api.problems import PROBLEMS
from yuanli.api.reading_jobs import ReadingFileJobs
from yuanli.api.state_jobs import StateTrainingJobs
from yuanli.api.tuning_jobs import ProposalJobs
from yuanli.api.twin_live import TwinChannels
from yuanli.bootstrap import House

PARTS = (
    about, accounts, users, campus, drawing, edits, closures, calendars, exports, imports, live, routing, assistant,
    feedback, models, datasets, labelling, runs, channels, speech, readings,
    reading_files, point_tables, forecast, state_models, overrules, rule_tunings, twin,
    commands, intervals, quality, gateways, energy, reports, devices, people, anomalies,
    scenarios, solving, plan_runs, reservations,
)  # fmt: skip


def create_app(house: House) -> FastAPI:
    """Make the application that serves an installation."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        house: House = app.state.house
        app.state.jobs, app.state.stopping = ImportJobs(house), asyncio.Event()
        app.state.twin_channels = TwinChannels(house)
        app.state.judging, app.state.reading_files = JudgingJobs(house), ReadingFileJobs(house)
        app.state.state_training, app.state.rule_proposals = StateTrainingJobs(house), ProposalJobs(house)
        yield
        app.state.stopping.set()
        app.state.twin_channels.close()
        app.state.jobs.close()
        app.state.judging.close()
        app.state.reading_files.close()
        app.state.state_training.close()
        app.state.rule_proposals.close()

    app = FastAPI(
        title="yuanli 园理",
        version=yuanli.__version__,
        summary="The open-source brain of a smart campus or business park.",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=life,
        generate_unique_id_function=_operation_name,
        responses=PROBLEMS,
    )
    give_house(app, house)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(BodyLimits, upload_bytes=house.settings.upload_limit_bytes)
    app.add_middleware(console.SecurityHeaders)
    errors.handle_errors(app)
    for part in PARTS:
        app.include_router(part.router, prefix="/v1")
    console.serve_console(app)
    return app


def give_house(app: FastAPI, house: House) -> None:
    """Let an application serve this installation from its next start on."""
    app.state.house = house
    app.state.drawings, app.state.answered = drawing.Drawings(), AnsweredOnce()


def _operation_name(route: APIRoute) -> str:
    return route.name
