"""Gateways are set in tables of the file; what is wrong is told without showing a secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from yuanli.settings import (
    FieldGatewaySettings,
    HttpGatewaySettings,
    InvalidSettingsError,
    MqttGatewaySettings,
    gateway_tables,
    load_settings,
)

GOOD = """
[[gateways]]
name = "meters"
campus = "park"
url = "mqtts://user:letmein@broker:8883"
ca_file = "/etc/ca.pem"

[[gateways.subscriptions]]
topic = "park/{device}/{point}"

[[gateways.subscriptions]]
topic = "spBv1.0/park/#"
format = "sparkplug"

[[gateways]]
name = "weather"
campus = "park"
url = "https://user:letmein@weather.example/now.csv"
every_s = 600
format = "csv"
zone = "Asia/Shanghai"
token = "letmein"
headers = { X-Key = "letmein" }
columns = { time = "ts", point = "name", value = "v" }
"""


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.upper().startswith("YUANLI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("YUANLI_DATA_DIR", str(tmp_path))


def refused(tmp_path: Path, content: str) -> InvalidSettingsError:
    (tmp_path / "yuanli.toml").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings()
    assert "letmein" not in f"{caught.value.message}{caught.value.hint}{caught.value}"
    return caught.value


def test_gateways_are_read_by_the_scheme_of_their_address(tmp_path: Path) -> None:
    (tmp_path / "yuanli.toml").write_text(GOOD, encoding="utf-8")
    settings = load_settings()
    meters, weather = settings.gateways
    assert isinstance(meters, MqttGatewaySettings)
    assert [one.format for one in meters.subscriptions] == ["json", "sparkplug"]
    assert isinstance(weather, HttpGatewaySettings)
    assert weather.url.get_secret_value() == "https://user:letmein@weather.example/now.csv"
    assert "letmein" not in repr(settings)


FIELD = """
[[gateways]]
name = "plc"
campus = "park"
url = "modbus://plc:502"
points = "plc.csv"

[[gateways]]
name = "roof"
campus = "park"
kind = "opcua"
url = "opc.tcp://li:letmein@roof:4840"
points = "roof.csv"
"""


def test_field_gateways_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "yuanli.toml").write_text(FIELD, encoding="utf-8")
    plc, roof = load_settings().gateways
    assert isinstance(plc, FieldGatewaySettings)
    assert isinstance(roof, FieldGatewaySettings)
    assert (plc.protocol, roof.protocol) == ("modbus", "opcua")
    assert "letmein" not in repr(roof)


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ('kind = "opcua"', 'kind = "bacnet"', "gateways.1", "opcua"),
        ("modbus://plc:502", "modbus+rtu://", "gateways.0.url", "modbus"),
        ('points = "plc.csv"', "", "gateways.0.points", "missing"),
        ('points = "plc.csv"', 'points = "plc.csv"\nevery_s = 0', "gateways.0.every_s", "0.1"),
        ('points = "plc.csv"', 'pionts = "plc.csv"', "gateways.0.pionts", "points"),
    ],
)
def test_what_is_wrong_with_a_field_gateway_is_named(
    tmp_path: Path, before: str, after: str, field: str, said: str
) -> None:
    assert before in FIELD
    error = refused(tmp_path, FIELD.replace(before, after))
    assert error.field is not None
    assert error.field.startswith(field.rpartition(".")[0] or field)
    assert said in f"{error.message.en} {error.hint.en if error.hint else ''}"


@pytest.mark.parametrize("topic", ["{campus}/set", "{point}/{other}", "{point}/#"])
def test_a_command_topic_names_the_point(tmp_path: Path, topic: str) -> None:
    assert 'campus = "park"' in GOOD
    error = refused(
        tmp_path, GOOD.replace('campus = "park"', f'campus = "park"\ncommand_topic = "{topic}"', 1)
    )
    assert error.field == "gateways.0.command_topic"


@pytest.mark.parametrize(
    ("before", "after", "field", "said"),
    [
        ("broker:8883", "broker:x", "gateways.0.url", "mqtts"),
        ("https://user:letmein@weather", "https://user:letmein@we ather", "gateways.1.url", "https"),
        ("https://user:letmein@", "ftp://user:letmein@", "gateways.1", "mqtt, http, modbus"),
        (
            '"park/{device}/{point}"',
            '"park/{device}/{device}"',
            "gateways.0.subscriptions.0.topic",
            "template",
        ),
        ('name = "weather"', 'name = "meters"', "gateways", "Two gateways are called meters"),
        ('name = "weather"', 'name = "http"', "gateways.1.name", "sparkplug"),
        ('name = "weather"', 'name = "we:ather"', "gateways.1.name", "we:ather"),
        ("every_s = 600", "every_s = 0", "gateways.1.every_s", "at least 1"),
        ("every_s = 600", "every_s = nan", "gateways.1.every_s", "1"),
        ("Asia/Shanghai", "Asia/Beijing", "gateways.1.zone", "time zone"),
        ("every_s = 600", "evry_s = 600", "gateways.1.evry_s", "evry_s"),
        ('format = "sparkplug"', 'formt = "sparkplug"', "gateways.0.subscriptions.1.formt", "formt"),
        ('token = "letmein"', 'token = "letmeinä"', "gateways.1.token", "ASCII"),
        ('time = "ts", ', "", "gateways.1.columns", "time"),
        ('campus = "park"\nurl = "https', 'url = "https', "gateways.1.campus", "missing"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_shown(
    tmp_path: Path, before: str, after: str, field: str, said: str
) -> None:
    assert before in GOOD
    error = refused(tmp_path, GOOD.replace(before, after))
    assert error.field == field
    assert said in f"{error.message.en} {error.hint.en if error.hint else ''}"
    assert error.message.zh


def test_a_misspelt_field_is_told_the_right_one(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace("every_s", "evry_s"))
    assert error.hint is not None
    assert "every_s" in error.hint.en


def test_a_variable_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUANLI_GATEWAYS", "[[letmein")
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings()
    assert "JSON" in caught.value.message.en
    assert "letmein" not in str(caught.value)


def test_the_page_of_settings_holds_the_tables_of_gateways() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert gateway_tables() in page.read_text(encoding="utf-8")
