"""Models of sherpa-onnx in this process: SenseVoice, Paraformer, transducers and Whisper, as its releases pack them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from yuanli.errors import Text
from yuanli.language import RATE_HZ, Audio, Segment, Transcript
from yuanli.services.audio import SpeechPartError, missing_part

TOKENS = "tokens.txt"


class SherpaTranscriber:
    """A model that is loaded at the first recording in a language."""

    def __init__(self, folder: Path, *, threads: int = 2) -> None:
        self._folder, self._threads = folder, threads
        self._lock = Lock()
        self._recognizers: dict[str, Any] = {}

    def transcribe(self, audio: Audio, *, language: str, names: Sequence[str] = ()) -> Transcript:
        """Write down speech; a transducer expects the names, the others can't be told.

        Raises
        ------
        SpeechPartError
            The model or the library that runs it is missing or broken.
        """
        with self._lock:
            recognizer = self._recognizers.get(language)
            if recognizer is None:
                recognizer = load_sherpa(self._folder, language=language, threads=self._threads)
                self._recognizers[language] = recognizer
            expects = names and model_kind(self._folder) == "transducer" and language == "zh"
            hotwords = "/".join(" ".join(name) for name in names) if expects else None
            stream = recognizer.create_stream(hotwords=hotwords) if hotwords else recognizer.create_stream()
            stream.accept_waveform(RATE_HZ, audio.samples)
            recognizer.decode_stream(stream)
            text = str(stream.result.text).strip()
        end_s = round(audio.start_s + audio.duration_s, 2)
        piece = Segment(start_s=round(audio.start_s, 2), end_s=end_s, text=text)
        return Transcript(
            text=text, language=language, duration_s=audio.duration_s, segments=(piece,) if text else ()
        )


def model_kind(folder: Path) -> str | None:
    """Return which kind of model a folder holds by the names of its files; None where it is none of ours."""
    if not (folder / TOKENS).is_file() and not list(folder.glob("*-tokens.txt")):
        return None
    if _find_onnx(folder, "joiner"):
        return "transducer"
    if _find_onnx(folder, "encoder"):
        return "whisper" if _find_onnx(folder, "decoder") else None
    if not _find_onnx(folder, "model"):
        return None
    return "paraformer" if "paraformer" in folder.name.lower() else "sense-voice"


def load_sherpa(folder: Path, *, language: str, threads: int) -> Any:
    """Load a model for a language.

    Raises
    ------
    SpeechPartError
        The folder holds none, or sherpa-onnx is not installed.
    """
    try:
        from sherpa_onnx import OfflineRecognizer
    except ImportError as error:
        raise missing_part("sherpa-onnx") from error
    kind = model_kind(folder)
    files = {part: str(_find_onnx(folder, part)) for part in ("encoder", "decoder", "joiner", "model")}
    tokens = str(next(iter([*folder.glob(TOKENS), *folder.glob("*-tokens.txt")]), folder / TOKENS))
    given = {"tokens": tokens, "num_threads": threads}
    try:
        if kind == "transducer":
            ends = {part: files[part] for part in ("encoder", "decoder", "joiner")}
            return OfflineRecognizer.from_transducer(**ends, **given, decoding_method="modified_beam_search")
        if kind == "whisper":
            ends = {part: files[part] for part in ("encoder", "decoder")}
            return OfflineRecognizer.from_whisper(**ends, **given, language=language)
        if kind == "paraformer":
            return OfflineRecognizer.from_paraformer(files["model"], **given)
        if kind == "sense-voice":
            return OfflineRecognizer.from_sense_voice(
                files["model"], **given, language=language, use_itn=True
            )
    except (RuntimeError, ValueError, OSError) as error:
        raise _broken(str(error)[:120]) from error
    raise _broken(f"{folder.name}: no {TOKENS} with model.onnx or encoder, decoder and joiner")


def _find_onnx(folder: Path, part: str) -> Path | None:
    """Return the file of a part, the 8-bit one if there is."""
    found = sorted(folder.glob(f"*{part}*.onnx"), key=lambda path: ("int8" not in path.name, path.name))
    return next(iter(found), None)


def _broken(why: str) -> SpeechPartError:
    return SpeechPartError(
        Text(f"语音模型不可用：{why}", f"The speech model can't be used: {why}"),
        field="speech_model",
        hint=Text("请检查 speech_model 指向的文件夹。", "Check the folder that speech_model names."),
    )
