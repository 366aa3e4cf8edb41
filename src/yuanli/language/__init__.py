"""What does this person want?"""

from yuanli.language.catalogue import Catalogue, catalogue, chinese_catalogue
from yuanli.language.chat import ChatAnswer, ChatModel, ChatRequest
from yuanli.language.grounding import (
    Grain,
    Kind,
    NotGroundedError,
    Number,
    Prefer,
    Quantity,
    Recurrence,
    Threshold,
    TimeSpan,
    find_duration,
    find_number,
    find_quantity,
    find_recurrence,
    find_threshold,
    find_when,
    ground_duration,
    ground_number,
    ground_quantity,
    ground_recurrence,
    ground_threshold,
    ground_when,
    occurrences,
)
from yuanli.language.large import BadAnswerError, LargeModel
from yuanli.language.model import ModelUnderstander, UnderstandingParams
from yuanli.language.opinion import SecondOpinion
from yuanli.language.patterns import PatternUnderstander
from yuanli.language.preferences import is_here
from yuanli.language.prompting import as_data, label_schema
from yuanli.language.redaction import Redacted, redact
from yuanli.language.speech import RATE_HZ, Audio, Segment, Transcriber, Transcript, prompt_of
from yuanli.language.understanding import (
    Alternative,
    Explanation,
    Slot,
    Understander,
    Understanding,
    language_of,
)

__all__ = [
    "RATE_HZ",
    "Alternative",
    "Audio",
    "BadAnswerError",
    "Catalogue",
    "ChatAnswer",
    "ChatModel",
    "ChatRequest",
    "Explanation",
    "Grain",
    "Kind",
    "LargeModel",
    "ModelUnderstander",
    "NotGroundedError",
    "Number",
    "PatternUnderstander",
    "Prefer",
    "Quantity",
    "Recurrence",
    "Redacted",
    "SecondOpinion",
    "Segment",
    "Slot",
    "Threshold",
    "TimeSpan",
    "Transcriber",
    "Transcript",
    "Understander",
    "Understanding",
    "UnderstandingParams",
    "as_data",
    "catalogue",
    "chinese_catalogue",
    "find_duration",
    "find_number",
    "find_quantity",
    "find_recurrence",
    "find_threshold",
    "find_when",
    "ground_duration",
    "ground_number",
    "ground_quantity",
    "ground_recurrence",
    "ground_threshold",
    "ground_when",
    "is_here",
    "label_schema",
    "language_of",
    "occurrences",
    "prompt_of",
    "redact",
]
