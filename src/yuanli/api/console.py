"""The console: a single page whose files are built from web/, under a strict content policy."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "child-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(self), microphone=(self), camera=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>园理 yuanli</title></head>
<body><h1>控制台尚未构建</h1><p>接口已可用（<a href="/v1/openapi.json">/v1/openapi.json</a>）。
在源码目录执行 <code>make console</code> 后刷新本页。</p>
<h1>The console is not built</h1>
<p>The API is up. Run <code>make console</code> in the source tree, then reload.</p>
</body></html>"""


class SecurityHeaders:
    """Adds the headers that keep foreign scripts and frames out to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to its response."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/v1"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_safely)


def serve_console(app: FastAPI, static: Path = STATIC) -> None:
    """Serve the built console at every path outside `/v1`."""
    root = static.resolve()

    async def page(request: Request) -> Response:
        path = request.path_params["path"]
        if path == "v1" or path.startswith("v1/"):
            raise HTTPException(404)
        file = _inside(root, path)
        if file is not None:
            hashed = path.startswith("assets/")
            return FileResponse(file, headers={"Cache-Control": FOREVER if hashed else "no-cache"})
        if "." in path.rsplit("/", 1)[-1]:
            raise HTTPException(404)
        index = root / "index.html"
        if not index.is_file():
            return HTMLResponse(NOT_BUILT, status_code=503, headers={"Cache-Control": "no-cache"})
        return FileResponse(index, headers={"Cache-Control": "no-cache"})

    app.add_route("/{path:path}", page, methods=["GET", "HEAD"], include_in_schema=False)


def _inside(root: Path, path: str) -> Path | None:
    """Return the file at a path, never one outside the root."""
    if not path or "\0" in path:
        return None
    try:
        file = (root / path).resolve()
        return file if file.is_relative_to(root) and file.is_file() else None
    except (OSError, ValueError):
        return None
