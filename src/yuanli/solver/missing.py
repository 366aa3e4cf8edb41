"""Solvers that are not part of the core install."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from yuanli.errors import Text, UnavailableError

NAMES = {"highspy": "HiGHS", "ortools.sat.python.cp_model": "OR-Tools CP-SAT", "pyvrp": "PyVRP"}


class MissingSolverError(UnavailableError):
    """A solver is not installed."""


def load_solver(module: str) -> ModuleType:
    """Return the module of a solver.

    Raises
    ------
    MissingSolverError
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        name = NAMES[module]
        raise MissingSolverError(
            Text(
                f"这类问题需要 {name}，本机没有安装。",
                f"This kind of problem needs {name}, which is not installed.",
            ),
            hint=Text("运行 pip install 'yuanli[solvers]'。", "Run pip install 'yuanli[solvers]'."),
        ) from error
