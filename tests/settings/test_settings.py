"""Settings come from arguments, the environment and a file; what can't be understood is an error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from yuanli.settings import (
    InvalidSettingsError,
    LogLevel,
    MqttGatewaySettings,
    Settings,
    load_settings,
    settings_table,
)
from yuanli.settings.together import APART, TOGETHER, secret_settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("YUANLI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("YUANLI_DATA_DIR", str(tmp_path))


EXAMPLES: dict[str, tuple[str, Any]] = {
    "data_dir": ("/somewhere/else", Path("/somewhere/else")),
    "database_url": ("postgresql://u@db/yuanli", "postgresql://u@db/yuanli"),
    "host": ("0.0.0.0", "0.0.0.0"),
    "port": ("9000", 9000),
    "public_url": ("https://park.example/", "https://park.example"),
    "language": ("en", "en"),
    "log_level": ("debug", LogLevel.DEBUG),
    "session_hours": ("0.5", 0.5),
    "upload_limit_mb": ("7", 7),
    "feedback_reviewers": ("2", 2),
    "compile_ahead": ("false", False),
    "solver_threads": ("3", 3),
    "tariffs_file": ("/srv/tariffs.yaml", Path("/srv/tariffs.yaml")),
    "runs_dir": ("/srv/runs", Path("/srv/runs")),
    "llm_url": ("http://model:8000/v1/", "http://model:8000/v1"),
    "llm_model": ("qwen", "qwen"),
    "llm_api_key": ("k", SecretStr("k")),
    "llm_gguf": ("/models/a.gguf", Path("/models/a.gguf")),
    "llm_threshold": ("0.5", 0.5),
    "llm_timeout_s": ("2.5", 2.5),
    "llm_calls_per_day": ("3", 3),
    "llm_tokens_per_day": ("4", 4),
    "wecom_corp_id": ("ww1", "ww1"),
    "wecom_token": ("t", SecretStr("t")),
    "wecom_aes_key": ("a" * 43, SecretStr("a" * 43)),
    "dingtalk_secret": ("s", SecretStr("s")),
    "dingtalk_app_key": ("ding1", "ding1"),
    "dingtalk_token": ("t", SecretStr("t")),
    "dingtalk_aes_key": ("b" * 43, SecretStr("b" * 43)),
    "feishu_app_id": ("cli_1", "cli_1"),
    "feishu_app_secret": ("s", SecretStr("s")),
    "feishu_encrypt_key": ("e", SecretStr("e")),
    "feishu_verification_token": ("v", SecretStr("v")),
    "feishu_url": ("https://open.larksuite.com/", "https://open.larksuite.com"),
    "speech_model": ("/models/whisper", Path("/models/whisper")),
    "speech_url": ("http://speech/v1", "http://speech/v1"),
    "speech_url_model": ("large", "large"),
    "speech_api_key": ("k", SecretStr("k")),
}
GATEWAY = {
    "name": "meters",
    "campus": "park",
    "url": "mqtt://u:p@broker",
    "subscriptions": [{"topic": "a/{point}"}],
}
EXAMPLES |= {
    "gateways": (json.dumps([GATEWAY]), (MqttGatewaySettings.model_validate(GATEWAY),)),
    "forecast_hour": ("3", 3),
    "forecaster": ("/models/fracast", Path("/models/fracast")),
    "keep_meter_days": ("10", 10),
    "keep_sensor_days": ("11", 11),
    "keep_state_days": ("12", 12),
    "keep_presence_days": ("13", 13),
    "readings_budget_mb": ("500", 500),
}
GROUPS = {name: group for group in TOGETHER for name in group}


def others(name: str) -> dict[str, str]:
    """What has to be set with a setting."""
    return {other: EXAMPLES[other][0] for other in GROUPS.get(name, ()) if other != name}


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_read_from_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text, value = EXAMPLES[name]
    for key, given in {name: text, **others(name)}.items():
        monkeypatch.setenv(f"YUANLI_{key.upper()}", given)
    assert getattr(load_settings(), name) == value


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name != "data_dir"])
def test_every_setting_is_read_from_the_file(name: str, tmp_path: Path) -> None:
    text, value = EXAMPLES[name]
    written = text if isinstance(value, int | float) else f'"{text}"'
    if name == "gateways":
        topics = '[{topic = "a/{point}"}]'
        written = (
            f'[{{name = "meters", campus = "park", url = "mqtt://u:p@broker", subscriptions = {topics}}}]'
        )
    lines = [f"{name} = {written}", *(f'{key} = "{given}"' for key, given in others(name).items())]
    (tmp_path / "yuanli.toml").write_text("\n".join(lines), encoding="utf-8")
    assert getattr(load_settings(), name) == value


def test_arguments_go_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "yuanli.toml").write_text('port = 1\nhost = "file"\nlanguage = "en"\n')
    monkeypatch.setenv("YUANLI_PORT", "2")
    monkeypatch.setenv("YUANLI_HOST", "environment")
    settings = load_settings(port=3)
    assert (settings.port, settings.host, settings.language) == (3, "environment", "en")


def test_the_file_can_be_anywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_text("port = 4\n")
    monkeypatch.setenv("YUANLI_CONFIG", str(path))
    assert load_settings().port == 4
    monkeypatch.setenv("YUANLI_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(InvalidSettingsError, match=r"missing\.toml"):
        load_settings()


def test_the_data_folder_of_an_argument_has_its_own_file(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "yuanli.toml").write_text("port = 5\n")
    assert load_settings(data_dir=other).port == 5


def test_an_unknown_variable_is_an_error_that_suggests_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANLI_PROT", "1")
    with pytest.raises(InvalidSettingsError) as refused:
        load_settings()
    assert refused.value.field == "YUANLI_PROT"
    assert refused.value.hint is not None
    assert "YUANLI_PORT" in refused.value.hint.zh
    assert "YUANLI_PORT" in refused.value.hint.en


def test_an_unknown_key_in_the_file_is_an_error_that_suggests_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "yuanli.toml").write_text('databse_url = "sqlite:///x"\n')
    with pytest.raises(InvalidSettingsError) as refused:
        load_settings()
    assert refused.value.hint is not None
    assert "database_url" in refused.value.hint.en


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "99999"),
        ("port", "eighty"),
        ("language", "fr"),
        ("log_level", "loud"),
        ("session_hours", "0"),
        ("session_hours", "nan"),
        ("upload_limit_mb", "-1"),
        ("public_url", "park.example"),
        ("database_url", "mysql://x"),
        ("host", ""),
    ],
)
def test_a_bad_value_is_named_with_its_rule_in_both_languages(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"YUANLI_{name.upper()}", text)
    with pytest.raises(InvalidSettingsError) as refused:
        load_settings()
    assert refused.value.field == name
    for message in (refused.value.message.zh, refused.value.message.en):
        assert name in message
        assert repr(text) in message


@pytest.mark.parametrize("content", [b"port = ", b"\xff\xfe", b"port = 1\nport = 2\n"])
def test_a_broken_file_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "yuanli.toml").write_bytes(content)
    with pytest.raises(InvalidSettingsError, match=r"yuanli\.toml"):
        load_settings()


def test_the_database_is_sqlite_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    assert load_settings().sqlalchemy_url == f"sqlite:///{tmp_path / 'yuanli.db'}"
    told = load_settings(database_url="postgresql://u:p@db/yuanli")
    assert told.sqlalchemy_url == "postgresql+psycopg://u:p@db/yuanli"


def test_the_page_of_settings_holds_the_table_made_from_the_code() -> None:
    assert settings_table() in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("group", TOGETHER)
def test_what_belongs_together_is_asked_for_together(group: tuple[str, ...]) -> None:
    for missing in group:
        given = {name: EXAMPLES[name][0] for name in group if name != missing}
        with pytest.raises(InvalidSettingsError) as refused:
            load_settings(**given)
        assert refused.value.field == missing
        assert missing in refused.value.message.zh


@pytest.mark.parametrize("pair", APART)
def test_of_two_that_exclude_each_other_one_is_taken(pair: tuple[str, str]) -> None:
    given = {key: text for name in pair for key, text in {name: EXAMPLES[name][0], **others(name)}.items()}
    with pytest.raises(InvalidSettingsError, match=f"{pair[0]} and {pair[1]}"):
        load_settings(**given)


def test_a_secret_is_never_shown() -> None:
    assert {"llm_api_key", "wecom_aes_key", "feishu_app_secret"} <= secret_settings()
    settings = load_settings(llm_api_key="letmein")
    assert "letmein" not in repr(settings)
    with pytest.raises(InvalidSettingsError) as refused:
        load_settings(wecom_aes_key="letmein")
    assert "letmein" not in f"{refused.value.message}{refused.value.hint}"
