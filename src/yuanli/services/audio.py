"""Recordings of browsers and phones (WebM, Ogg, MP4, WAV, MP3, FLAC) as samples, decoded by PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yuanli.errors import InvalidInputError, Text, UnavailableError
from yuanli.language import RATE_HZ, Audio

LARGEST_BYTES = 10_000_000
LONGEST_S = 60.0
SHORTEST_S = 0.1
MAGIC = (
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"OggS", "ogg"),
    (8, b"WAVE", "wav"),
    (4, b"ftyp", "mov"),
    (0, b"ID3", "mp3"),
    (0, b"\xff\xfb", "mp3"),
    (0, b"\xff\xf3", "mp3"),
    (0, b"fLaC", "flac"),
)
"""What files begin with, and the one reader each is given to: playlists, which name other files, have none."""


class BadAudioError(InvalidInputError):
    """A recording can't be read, is too large, too long or too short, or nobody speaks in it."""


class SpeechPartError(UnavailableError):
    """A part of `yuanli[speech]` is missing, or the model it needs."""


def decode_audio(content: bytes) -> Audio:
    """Return a recording as mono samples at 16 kHz.

    Raises
    ------
    BadAudioError
        It is no audio of a known kind, over 10 MB, over 60 s, or empty.
    SpeechPartError
        PyAV is not installed.
    """
    if len(content) > LARGEST_BYTES:
        raise bad_audio(
            Text(
                f"录音有 {len(content) / 1e6:.1f} MB，最多 10 MB。",
                f"The recording has {len(content) / 1e6:.1f} MB, at most 10 MB are taken.",
            )
        )
    kind = next((name for at, magic, name in MAGIC if content[at : at + len(magic)] == magic), None)
    if kind is None:
        raise bad_audio(
            Text(
                "录音格式无法识别，可用 WebM、Ogg、MP4、WAV、MP3、FLAC。",
                "This is no WebM, Ogg, MP4, WAV, MP3 or FLAC recording.",
            )
        )
    samples = np.concatenate([np.zeros(0, np.float32), *_decoded(content, kind)])
    if len(samples) < SHORTEST_S * RATE_HZ:
        raise bad_audio(Text("录音是空的。", "The recording is empty."))
    return Audio(np.clip(np.nan_to_num(samples), -1.0, 1.0).astype(np.float32))


def bad_audio(message: Text) -> BadAudioError:
    """Return the refusal of a recording."""
    return BadAudioError(message, field="file", hint=Text("请重新录音。", "Please record it again."))


def missing_part(name: str) -> SpeechPartError:
    """Return the error that says how to install what is missing."""
    return SpeechPartError(
        Text(f"缺少语音组件 {name}。", f"The part {name} for speech is missing."),
        hint=Text("执行 pip install 'yuanli[speech]'", "Run: pip install 'yuanli[speech]'"),
    )


def _decoded(content: bytes, kind: str) -> Iterator[NDArray[np.float32]]:
    try:
        import av
    except ImportError as error:
        raise missing_part("av") from error
    try:
        with av.open(BytesIO(content), format=kind, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise bad_audio(Text("文件里没有声音。", "There is no sound in this file."))
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
            count = 0
            for frame in _frames(container):
                for part in resampler.resample(frame):
                    samples = part.to_ndarray().reshape(-1).astype(np.float32)
                    count += len(samples)
                    if count > LONGEST_S * RATE_HZ:
                        raise bad_audio(Text("录音超过 60 秒。", "The recording is longer than 60 s."))
                    yield samples
    except (av.error.FFmpegError, ValueError, MemoryError) as error:
        raise bad_audio(
            Text("录音文件已损坏，无法解码。", "The recording is broken and can't be decoded.")
        ) from error


def _frames(container: Any) -> Iterator[Any]:
    """Yield the frames of the first sound, then None, which empties the resampler."""
    yield from container.decode(container.streams.audio[0])
    yield None
