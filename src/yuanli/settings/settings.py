"""The settings of one installation, each with what reads it."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from yuanli.operations import DAYS, PointClass
from yuanli.settings.gateways import GatewaySettings

PREFIX = "YUANLI_"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"
CONFIG_NAME = "yuanli.toml"


class LogLevel(StrEnum):
    """How much is logged: info is for operators, debug for developers."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def default_data_dir() -> Path:
    """Return where this platform keeps a user's data."""
    home = Path.home()
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "yuanli"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "yuanli"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "yuanli"


URL = r"^https?://[^/\s]+(/\S*)?$"


def _absolute(path: Path) -> Path:
    return path.expanduser().absolute()


def _without_slash(url: str) -> str:
    return url.rstrip("/")


Url = Annotated[str, AfterValidator(_without_slash)]
AnyPath = Annotated[Path, AfterValidator(_absolute)]
Secret = Annotated[SecretStr, Field(min_length=1)]
AesKey = Annotated[SecretStr, Field(min_length=43, max_length=43)]


class Settings(BaseSettings):
    """What can be set, by `YUANLI_<NAME>` in the environment or `<name>` in `yuanli.toml`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=default_data_dir,
        description="Folder of the database, the caches and the uploads.",
    )
    database_url: str | None = Field(
        default=None,
        pattern=r"^(sqlite|postgresql)(\+\w+)?://",
        description="Database: `sqlite:///…` or `postgresql://…`; by default SQLite in `data_dir`.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address that is listened on.")
    port: int = Field(
        default=8080, ge=0, le=65535, description="Port that is listened on; 0 takes a free one."
    )
    public_url: Annotated[str, AfterValidator(_without_slash)] | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]+(/\S*)?$",
        description="Address people reach the console at, for QR codes and deep links; "
        "by default that of the request. `https://…` also makes the session cookie Secure.",
    )
    language: Literal["zh", "en"] = Field(default="zh", description="Language of whoever has not chosen one.")
    log_level: LogLevel = Field(default=LogLevel.INFO, description="`debug`, `info`, `warning` or `error`.")
    session_hours: float = Field(
        default=12.0, gt=0, le=24 * 366, description="Hours a sign-in to the console lasts."
    )
    upload_limit_mb: int = Field(
        default=512, ge=1, le=100_000, description="Largest file that can be imported over HTTP, in MB."
    )
    feedback_reviewers: int = Field(
        default=1, ge=1, le=5, description="Reviewers who must agree before feedback is learned from."
    )
    runs_dir: AnyPath | None = Field(
        default=None,
        description="Folder of the training runs that the console shows; by default `runs` in `data_dir`.",
    )

    compile_ahead: bool = Field(
        default=True,
        description="Compile the searches for plans in the background after the first start, so that the first "
        "plan need not wait for it.",
    )
    solver_threads: int = Field(
        default=0, ge=0, le=64,
        description="Threads that a search for a plan may use where its kind can (layouts, rosters, projects, flows); "
        "0: half of the processors, at most 8.",
    )  # fmt: skip
    tariffs_file: AnyPath | None = Field(
        default=None,
        description="YAML file of what energy costs and emits, as `docs/energy.md` describes; by default examples.",
    )

    llm_url: Url | None = Field(
        default=None,
        pattern=URL,
        description="A larger model's OpenAI-compatible address with its version, such as "
        "`http://localhost:8000/v1`; asked where the small model is not sure.",
    )
    llm_model: str | None = Field(
        default=None, min_length=1, max_length=200, description="Name of the larger model at `llm_url`."
    )
    llm_api_key: Secret | None = Field(default=None, description="Key that `llm_url` asks for.")
    llm_gguf: AnyPath | None = Field(
        default=None,
        description="A `.gguf` file that answers in this process instead of `llm_url`; needs `yuanli[llm]`.",
    )
    llm_threshold: float = Field(
        default=0.6, ge=0, le=1, description="Confidence, 0–1, below which the larger model is asked."
    )
    llm_timeout_s: float = Field(
        default=8.0, gt=0, le=600, description="Seconds a person waits for the larger model at most."
    )
    llm_calls_per_day: int = Field(
        default=2000, ge=0, description="Questions to the larger model a day (UTC), at most."
    )
    llm_tokens_per_day: int = Field(
        default=5_000_000, ge=0, description="Tokens of the larger model a day (UTC), after which it rests."
    )
    wecom_corp_id: str | None = Field(
        default=None,
        min_length=1,
        description="企业微信: the company's id; with the next two it turns the channel on.",
    )
    wecom_token: Secret | None = Field(default=None, description="企业微信: Token of the receiving address.")
    wecom_aes_key: AesKey | None = Field(
        default=None, description="企业微信: EncodingAESKey of the receiving address."
    )
    dingtalk_secret: Secret | None = Field(
        default=None, description="钉钉: the robot's AppSecret; turns the channel on."
    )
    dingtalk_app_key: str | None = Field(
        default=None,
        min_length=1,
        description="钉钉: the app's key; with the next two, encrypted events are taken.",
    )
    dingtalk_token: Secret | None = Field(default=None, description="钉钉: token that signs the events.")
    dingtalk_aes_key: AesKey | None = Field(default=None, description="钉钉: key that encrypts the events.")
    feishu_app_id: str | None = Field(
        default=None,
        min_length=1,
        description="飞书: the app's id; with the next three it turns the channel on.",
    )
    feishu_app_secret: Secret | None = Field(
        default=None, description="飞书: the app's secret, to send the answers with."
    )
    feishu_encrypt_key: Secret | None = Field(
        default=None, description="飞书: Encrypt Key of the event subscription."
    )
    feishu_verification_token: Secret | None = Field(
        default=None, description="飞书: Verification Token of the event subscription."
    )
    feishu_url: Url = Field(
        default="https://open.feishu.cn",
        pattern=URL,
        description="飞书: where answers are sent; for Lark `https://open.larksuite.com`.",
    )
    speech_model: AnyPath | None = Field(
        default=None,
        description="Folder of a faster-whisper or sherpa-onnx model that writes down speech; "
        "needs `yuanli[speech]`.",
    )
    speech_url: Url | None = Field(
        default=None,
        pattern=URL,
        description="OpenAI-compatible address that writes down speech instead of `speech_model`, "
        "with its version; needs `yuanli[speech]`.",
    )
    speech_url_model: str = Field(
        default="whisper-1", min_length=1, max_length=200, description="Name of the model at `speech_url`."
    )
    speech_api_key: Secret | None = Field(default=None, description="Key that `speech_url` asks for.")

    gateways: tuple[GatewaySettings, ...] = Field(
        default=(),
        max_length=1000,
        description="What readings come from, a table each: see [gateways](#gateways).",
    )
    forecast_hour: int = Field(
        default=1,
        ge=0,
        le=23,
        description="Hour of a campus's clock, 0–23, from which on the next days are forecast each night.",
    )
    forecaster: AnyPath | None = Field(
        default=None,
        description="Folder of a foundation model that forecasts, with a `forecaster.json` as `docs/forecast.md` "
        "describes: it is tried for each point like the methods that are built in.",
    )
    keep_meter_days: int = Field(
        default=DAYS[PointClass.METER], ge=1, le=36_500, description="Days that readings of meters are kept."
    )
    keep_sensor_days: int = Field(
        default=DAYS[PointClass.SENSOR],
        ge=1,
        le=36_500,
        description="Days that readings of sensors are kept.",
    )
    keep_state_days: int = Field(
        default=DAYS[PointClass.STATE],
        ge=1,
        le=36_500,
        description="Days that states and commands of devices are kept.",
    )
    keep_presence_days: int = Field(
        default=DAYS[PointClass.PRESENCE],
        ge=1,
        le=36_500,
        description="Days that counts and presence of people are kept.",
    )
    readings_budget_mb: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000,
        description="Disk that readings may take, in MB; beyond 80 % of it, or where it will be full within "
        "30 days, a warning is given. By default what is free on the disk.",
    )

    @property
    def retention_days(self) -> Mapping[PointClass, int]:
        """For how many days readings of each class are kept."""
        return {
            PointClass.METER: self.keep_meter_days,
            PointClass.SENSOR: self.keep_sensor_days,
            PointClass.STATE: self.keep_state_days,
            PointClass.PRESENCE: self.keep_presence_days,
        }

    @property
    def sqlalchemy_url(self) -> str:
        """The database's URL with its driver, as SQLAlchemy takes it."""
        if self.database_url is None:
            return f"sqlite:///{self.data_dir / 'yuanli.db'}"
        scheme, rest = self.database_url.split("://", 1)
        return f"{'postgresql+psycopg' if scheme == 'postgresql' else scheme}://{rest}"

    @property
    def runs_folder(self) -> Path:
        """The folder of the training runs."""
        return self.runs_dir or self.data_dir / "runs"

    @property
    def session_length_s(self) -> float:
        """The seconds a sign-in lasts."""
        return self.session_hours * 3600

    @property
    def upload_limit_bytes(self) -> int:
        """The largest upload."""
        return self.upload_limit_mb * 1_000_000

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments before the environment, and that before the file."""
        given = {**env_settings(), **init_settings()}
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_path(given.get("data_dir")))
        return init_settings, env_settings, toml


def config_path(data_dir: str | Path | None) -> Path:
    """Return the file of settings: `YUANLI_CONFIG`, or `yuanli.toml` in the data folder."""
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else Path(data_dir or default_data_dir()).expanduser() / CONFIG_NAME
