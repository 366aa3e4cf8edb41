"""Recordings made here: tones, silence, and what a browser sends."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

RATE = 48_000


def tone(seconds: float, hertz: float = 440.0) -> NDArray[np.float32]:
    at = np.arange(int(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def recorded(samples: NDArray[np.float32], container: str = "webm", codec: str = "libopus") -> bytes:
    """Write samples as a browser does: WebM with Opus, MP4 with AAC, WAV."""
    av = pytest.importorskip("av")
    out = BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    return out.getvalue()


def spoken(text: str, voice: str, folder: Path) -> bytes:
    """Say a text by espeak-ng; Chinese as pinyin with the numbers of its tones."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    path = folder / "speech.wav"
    subprocess.run(["espeak-ng", "-v", voice, "-s", "140", "-w", str(path), text], check=True)
    return path.read_bytes()
