"""The one shape of every error."""

from __future__ import annotations

from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel

from yuanli.errors import Text, YuanliError


class Problem(BaseModel):
    """What went wrong: a name for programs, the message and the next step for people."""

    error: str
    message: Text
    field: str | None = None
    hint: Text | None = None


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "The request can't be read"},
    401: {"model": Problem, "description": "Not signed in"},
    403: {"model": Problem, "description": "The role lacks the right"},
    404: {"model": Problem, "description": "What was named is not here"},
    409: {"model": Problem, "description": "The question is well put, and the answer is no"},
    413: {"model": Problem, "description": "Too large"},
    422: {"model": Problem, "description": "The input breaks a rule"},
    429: {"model": Problem, "description": "Too many attempts"},
    503: {"model": Problem, "description": "A part that is needed is missing or busy"},
}


def problem_of(error: YuanliError) -> Problem:
    """Return an error as it is shown."""
    return Problem(error=error.code, message=error.message, field=error.field, hint=error.hint)


def reply_with(problem: Problem, status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    """Make the response that tells a problem."""
    return JSONResponse(problem.model_dump(mode="json"), status_code=status, headers=headers)
