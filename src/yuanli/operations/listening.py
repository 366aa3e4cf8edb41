"""Listening: a recording becomes the words that were said, with the park's own names as it writes them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from yuanli.campus import Campus, CampusId, HeardNames, correct_heard, heard_names, simplified, spoken_names
from yuanli.errors import NotFoundError, Text
from yuanli.language import Audio, Transcriber, Transcript
from yuanli.operations.places import Places

KEPT_CAMPUSES = 8
Hear = Callable[[bytes], Audio]


class SpeechOffError(NotFoundError):
    """No recogniser is set up."""


class Listening:
    """Writes down what people say about one of the kept campuses.

    Parameters
    ----------
    transcriber
        Who writes down; None where speech is off.
    hear
        What makes a recording the samples of its speech.
    """

    def __init__(self, places: Places, transcriber: Transcriber | None, hear: Hear) -> None:
        self._places, self._transcriber, self._hear = places, transcriber, hear
        self._lock = Lock()
        self._names: OrderedDict[CampusId, tuple[Campus, HeardNames]] = OrderedDict()

    @property
    def is_on(self) -> bool:
        """Whether a recogniser is set up."""
        return self._transcriber is not None

    def write_down(self, recording: bytes, *, language: str, campus_id: CampusId | None = None) -> Transcript:
        """Return what is said in a recording.

        Parameters
        ----------
        recording
            The file as it was recorded.
        language
            `zh` or `en`.
        campus_id
            Whose names are expected, and put right where they were misheard.

        Raises
        ------
        SpeechOffError
            No recogniser is set up.
        InvalidInputError
            It is no recording, or nobody speaks.
        """
        if self._transcriber is None:
            raise SpeechOffError(
                Text("还没有设置语音识别。", "No speech recognition is set up."),
                field="speech_model",
                hint=Text(
                    "管理员可设置 speech_model 或 speech_url。",
                    "An administrator sets speech_model or speech_url.",
                ),
            )
        campus = None if campus_id is None else self._places.campus(campus_id)
        audio = self._hear(recording)
        names = () if campus is None else spoken_names(campus, language)
        heard = self._transcriber.transcribe(audio, language=language, names=names)
        return self._corrected(heard, campus) if language == "zh" else heard

    def _corrected(self, heard: Transcript, campus: Campus | None) -> Transcript:
        names = None if campus is None else self._names_of(campus)

        def right(text: str) -> str:
            return simplified(text) if names is None else correct_heard(text, names)

        segments = tuple(replace(piece, text=right(piece.text)) for piece in heard.segments)
        return replace(heard, text=right(heard.text), segments=segments)

    def _names_of(self, campus: Campus) -> HeardNames:
        """Return the names of a campus by sound, made once a revision."""
        with self._lock:
            kept = self._names.get(campus.id)
        if kept is not None and kept[0] is campus:
            return kept[1]
        names = heard_names(campus)
        with self._lock:
            self._names[campus.id] = (campus, names)
            while len(self._names) > KEPT_CAMPUSES:
                self._names.popitem(last=False)
        return names
