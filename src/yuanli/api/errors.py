"""Every error as a status and the one JSON shape; nobody outside sees a traceback."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from yuanli.api.problems import Problem, problem_of, reply_with
from yuanli.errors import Text, YuanliError
from yuanli.operations import IntakeBusyError, TooManyAttemptsError
from yuanli.settings import explain_invalid

log = logging.getLogger(__name__)

PLAIN: dict[int, Problem] = {
    400: Problem(
        error="bad_request",
        message=Text("请求无法解析。", "The request can't be read."),
        hint=Text("按接口文档检查请求格式。", "Check its format by the documentation."),
    ),
    404: Problem(
        error="not_found",
        message=Text("没有这个地址。", "There is nothing at this address."),
        hint=Text(
            "检查网址；接口列表见 /v1/openapi.json。", "Check it; /v1/openapi.json lists the endpoints."
        ),
    ),
    405: Problem(
        error="method_not_allowed",
        message=Text("这个地址不支持该请求方法。", "This address does not take that method."),
        hint=Text("接口列表见 /v1/openapi.json。", "/v1/openapi.json lists the endpoints."),
    ),
    413: Problem(
        error="too_large",
        message=Text("上传内容超过大小限制。", "The upload is larger than allowed."),
        hint=Text(
            "拆分文件，或由管理员调大 upload_limit_mb。",
            "Split the file, or have an administrator raise upload_limit_mb.",
        ),
    ),
    500: Problem(
        error="internal",
        message=Text("服务器内部出错，已记入日志。", "Something broke inside; it is in the log."),
        hint=Text("稍后重试；若再次出现请联系管理员。", "Try again; tell an administrator if it comes back."),
    ),
}


def handle_errors(app: FastAPI) -> None:
    """Let an application answer every error in the one shape."""
    app.add_exception_handler(YuanliError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unexpected)


async def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, YuanliError)
    if error.status >= 500:
        log.warning("%s %s: %s", request.method, request.url.path, error)
    headers = (
        {"Retry-After": str(error.wait_s)}
        if isinstance(error, TooManyAttemptsError | IntakeBusyError)
        else None
    )
    if error.status == 401:
        headers = {"WWW-Authenticate": "Bearer"}
    return reply_with(problem_of(error), error.status, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    path = [str(part) for part in first["loc"] if part not in ("query", "path", "body", "header", "cookie")]
    name = ".".join(path) or "body"
    message, hint = explain_invalid(
        first["type"], first.get("ctx") or {}, name=name, value=first.get("input")
    )
    problem = Problem(error="invalid_input", message=message, field=name, hint=hint)
    return reply_with(problem, 422)


async def _plain(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    assert isinstance(error, HTTPException)
    problem = PLAIN.get(error.status_code) or PLAIN[500 if error.status_code >= 500 else 400]
    return reply_with(problem, error.status_code, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return reply_with(PLAIN[500], 500)
