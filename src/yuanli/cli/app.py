"""The command `yuanli`: its parts, and how every error ends."""

from __future__ import annotations

import sys

import typer

from yuanli import __version__
from yuanli.cli import (
    anomalies,
    ask,
    campus,
    carry,
    demo,
    devices,
    drafts,
    energy,
    forecast,
    learn,
    learned,
    policies,
    reserve,
    route,
    serve,
    solving,
    states,
    telemetry,
    users,
)
from yuanli.cli.printing import OUT, exit_code, print_error
from yuanli.errors import YuanliError

app = typer.Typer(
    name="yuanli",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The brain of a smart campus or business park. 园理：智慧园区的大脑。",
)
app.add_typer(campus.app, name="campus")
app.add_typer(devices.app, name="devices")
app.add_typer(users.app, name="users")
app.add_typer(learn.app, name="learn")
app.add_typer(telemetry.app, name="telemetry")
app.add_typer(states.app, name="states")
app.add_typer(demo.app, name="demo")
solving.schedule.command("learn")(learned.learn)
solving.schedule.command("preview")(learned.preview)
solving.schedule.command("draft-flows")(drafts.draft_flows)
app.add_typer(solving.schedule, name="schedule")
app.add_typer(solving.plan, name="plan")
app.add_typer(carry.app, name="carry")
app.add_typer(policies.app, name="policies")
app.add_typer(reserve.app, name="reserve")
app.command("up")(serve.up)
app.command("forecast")(forecast.forecast)
app.command("energy")(energy.energy)
app.command("anomalies")(anomalies.anomalies)
app.command("savings")(anomalies.savings)
app.command("route")(route.route)
app.command("understand")(ask.understand)
app.command("ask")(ask.ask)


def _version(wanted: bool) -> None:
    if wanted:
        OUT.print(f"yuanli {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Show the version. 显示版本。"
    ),
) -> None:
    """Know the place, find the way, ask. 认识园区，找到路线，随时提问。"""
    del version


def main(arguments: list[str] | None = None) -> None:
    """Run the command; exit with 0, 1 where the answer is no, 2 on bad usage or input."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        app(args=given)
    except YuanliError as error:
        print_error(error, as_json="--json" in given)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
