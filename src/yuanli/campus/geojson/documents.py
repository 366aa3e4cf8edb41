"""JSON of strangers: encodings, byte order marks, trailing commas, NaN, depth and size."""

from __future__ import annotations

import codecs
import json
import math
import re
from typing import Any

from yuanli.campus.findings import Finding
from yuanli.campus.geojson.limits import ReadParams
from yuanli.campus.geojson.repairs import repaired
from yuanli.campus.imported import refused
from yuanli.errors import Text

Json = Any

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"))
_BOMS16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The quote that ends a string may be missing: the match then still succeeds, which keeps it linear.
_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*[}\]])', re.DOTALL)
_NOT_A_NUMBER = "not_a_number"


def parse_document(
    content: bytes, name: str, repairs: list[Finding], params: ReadParams = ReadParams()
) -> Json:
    """Return the JSON of one file; what had to be mended is added to `repairs`.

    NaN and Infinity, which JSON has not, are read as float and told; a comma too many is taken out.

    Raises
    ------
    ImportRefusedError
        It is no JSON, nested too deeply, or larger than the limits.
    """
    text = decode(content, name, repairs)
    if text.count("[") + text.count("{") > params.max_containers:
        raise refused(
            f"{name} 中的对象与数组超过 {params.max_containers} 个。",
            f"{name} holds more than {params.max_containers} objects and arrays.",
            field=name,
            hint=Text("请拆分文件。", "Split the file."),
        )
    constants: list[str] = []

    def constant(word: str) -> float:
        constants.append(word)
        return float(word.replace("Infinity", "inf"))

    try:
        document = _loads(text, name, constant)
    except json.JSONDecodeError:
        document = _parse_mended(text, name, repairs, constant)
    if constants:
        repairs.append(
            repaired(
                _NOT_A_NUMBER,
                f"{name} 中有 {len(constants)} 处 {constants[0]}，JSON 不允许；属性中的已读作空值。",
                f"{name} holds {constants[0]} ({len(constants)}×), which JSON does not allow; "
                "in properties it is read as null.",
            )
        )
    return document


def _loads(text: str, name: str, constant: Any) -> Json:
    try:
        return json.loads(text, parse_constant=constant)
    except RecursionError as error:
        raise refused(
            f"{name} 的 JSON 嵌套过深。",
            f"The JSON of {name} is nested too deeply.",
            field=name,
            hint=Text(
                "这不是正常的 GeoJSON，请检查来源。", "This is no sound GeoJSON; check where it is from."
            ),
        ) from error
    except json.JSONDecodeError:
        raise
    except ValueError as error:
        raise refused(
            f"{name} 中有一个整数超过 4300 位，无法读取。",
            f"{name} holds an integer of more than 4,300 digits, which can't be read.",
            field=name,
            hint=Text("改正该数值后重新导出。", "Correct that number and export it again."),
        ) from error


def _parse_mended(text: str, name: str, repairs: list[Finding], constant: Any) -> Json:
    mended = _COMMA.sub(lambda match: match[0] if match[0] != "," else "", text)
    try:
        document = _loads(mended, name, constant)
    except json.JSONDecodeError as error:
        raise refused(
            f"{name} 不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 列，{error.msg}。",
            f"{name} is no valid JSON: line {error.lineno}, column {error.colno}: {error.msg}.",
            field=name,
            hint=Text("文件可能不完整，请重新导出。", "The file may be cut off; export it again."),
        ) from error
    repairs.append(
        repaired(
            "trailing_comma",
            f"{name} 中有多余的逗号，已忽略。",
            f"{name} has a comma too many, which was passed over.",
        )
    )
    return document


def decode(content: bytes, name: str, repairs: list[Finding]) -> str:
    """Return text by its byte order mark, else as UTF-8, else as GB 18030 where that fits."""
    for mark, encoding in (*_BOMS, *_BOMS16):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(name, error.start) from error
            return text.removeprefix("\ufeff")
    if b"\x00" in content[:4096]:
        raise refused(
            f"{name} 是二进制文件，不是文本。",
            f"{name} is binary, not text.",
            field=name,
            hint=Text("检查文件是否下载完整。", "Check that it was downloaded whole."),
        )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError:
            raise _undecodable(name, error.start) from error
        if not re.search(r"[\u4e00-\u9fff]{2}", text) or re.search(r"[\ue000-\uf8ff]", text):
            raise _undecodable(name, error.start) from error
        repairs.append(
            repaired(
                "encoding",
                f"{name} 不是 UTF-8，已按 GB 18030 读取。",
                f"{name} is not UTF-8; it was read as GB 18030.",
            )
        )
        return text


def _undecodable(name: str, position: int) -> Exception:
    return refused(
        f"{name} 第 {position} 字节处不是有效的 UTF-8。",
        f"{name} is no valid UTF-8 at byte {position}.",
        field=name,
        hint=Text("以 UTF-8 编码重新保存。", "Save it again as UTF-8."),
    )


def without_nan(value: Json) -> Json:
    """Return JSON with None for every NaN and infinity."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return value


def features_of(document: Json, name: str) -> list[dict[str, Json]]:
    """Return the features of a FeatureCollection, a Feature or a list of them.

    Raises
    ------
    ImportRefusedError
        The document is something else.
    """
    if isinstance(document, dict) and isinstance(document.get("features"), list):
        features = document["features"]
    elif isinstance(document, dict) and document.get("type") == "Feature":
        features = [document]
    elif isinstance(document, list):
        features = document
    else:
        raise refused(
            f"{name} 不是 GeoJSON 要素集合（FeatureCollection）。",
            f"{name} is no GeoJSON FeatureCollection.",
            field=name,
            hint=Text("请以 GeoJSON 格式重新导出。", "Export it again as GeoJSON."),
        )
    for index, feature in enumerate(features):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise refused(
                f"{name} 的第 {index + 1} 个要素不是 GeoJSON 要素。",
                f"Feature {index + 1} of {name} is no GeoJSON Feature.",
                field=f"{name}#{index}",
                hint=Text(
                    "每个要素应为含 geometry 与 properties 的对象。",
                    "Every feature should be an object with geometry and properties.",
                ),
            )
    return list(features)
