"""The command `yuanli`, and how every error ends."""

from __future__ import annotations

import sys
import traceback
from tempfile import NamedTemporaryFile

import typer

from yuanli import __version__
from yuanli.cli.parts import PARTS, add_part, list_part
from yuanli.errors import Text, YuanliError

MOST_SAID = 200


def build_app(wanted: str | None) -> typer.Typer:
    """Return the command with the part that is wanted; the list of commands names the others."""
    app = typer.Typer(
        name="yuanli",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="The brain of a smart campus or business park. 园理：智慧园区的大脑。",
    )
    app.callback()(options)
    for name in PARTS:
        add = add_part if name == wanted else list_part
        add(app, name)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"yuanli {__version__}")
        raise typer.Exit


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
    wanted = next((word for word in given if not word.startswith("-")), None)
    try:
        build_app(wanted)(args=given)
    except YuanliError as error:
        from yuanli.cli.printing import exit_code, print_error

        print_error(error, as_json="--json" in given)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:
        from yuanli.cli.printing import exit_code, print_error

        unexpected = _unexpected(error)
        print_error(unexpected, as_json="--json" in given)
        sys.exit(exit_code(unexpected))


def _unexpected(error: Exception) -> YuanliError:
    """Return what a person reads of a fault of ours; its traceback goes to a file."""
    what = f"{type(error).__name__}: {error}"[:MOST_SAID]
    if isinstance(error, MemoryError):
        return YuanliError(
            Text("内存不足。", "There is not enough memory."),
            hint=Text(
                "拆分问题，或换内存更大的机器。", "Divide the problem, or use a machine with more memory."
            ),
        )
    try:
        with NamedTemporaryFile(
            "w", prefix="yuanli-fault-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
        kept = Text(f"详情在 {file.name}，请发给我们。", f"Details are in {file.name}; please send it to us.")
    except OSError:
        kept = Text("请把命令和输入文件发给我们。", "Please send us the command and its files.")
    return YuanliError(Text(f"内部出错（{what}）。", f"Something broke inside ({what})."), hint=kept)
