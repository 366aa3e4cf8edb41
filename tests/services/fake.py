"""A real HTTP server that plays a service: it answers what it is told, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Fake:
    """The plays of the next requests, the last one for all that follow; and the requests so far."""

    plays: list[Play] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)
    url: str = ""

    def sent(self, index: int = -1) -> Any:
        return json.loads(self.bodies[index])


def says(document: Any, status: int = 200, **headers: str) -> Play:
    """Answer a JSON document."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()

    def play(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(content)

    return play


def completion(text: str, *, finish: str = "stop", usage: Any = None) -> dict[str, Any]:
    """A chat completion as OpenAI writes it."""
    message = {"role": "assistant", "content": text}
    return {
        "model": "large-1",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": {"total_tokens": 42} if usage is None else usage,
    }


class _QuietServer(ThreadingHTTPServer):
    """A server that doesn't mind callers who hang up."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address


@contextmanager
def fake_service() -> Iterator[Fake]:
    """Serve on a free port until the block ends."""
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            fake.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            fake.paths.append(self.path)
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            play = fake.plays.pop(0) if len(fake.plays) > 1 else fake.plays[0]
            try:
                play(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = _QuietServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.close()
        server.shutdown()
        server.server_close()
        thread.join()
