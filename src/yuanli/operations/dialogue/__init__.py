"""The dialogue: frames that are filled, confirmed and kept from turn to turn."""

from yuanli.operations.dialogue.advancing import asking_to_change
from yuanli.operations.dialogue.answers import Answer, Said, find_answer, find_choice
from yuanli.operations.dialogue.filling import Ground, Grounded, Setting, ground_by_type, ground_nothing
from yuanli.operations.dialogue.frames import Frame, Frames, Need, filled_in, holes_of, load_frames
from yuanli.operations.dialogue.informing import asks_otherwise, is_open_answer
from yuanli.operations.dialogue.keeping import UnreadableStateError, parse_state, state_document, to_json
from yuanli.operations.dialogue.saying import confirmation_with, resume_offer, summary_of
from yuanli.operations.dialogue.splitting import split_requests
from yuanli.operations.dialogue.state import (
    Asks,
    DialogueParams,
    Fill,
    Filled,
    Kind,
    Move,
    Option,
    Question,
    Remembered,
    Request,
    Source,
    State,
    Why,
)
from yuanli.operations.dialogue.turns import continue_turn, next_turn

__all__ = [
    "Answer",
    "Asks",
    "DialogueParams",
    "Fill",
    "Filled",
    "Frame",
    "Frames",
    "Ground",
    "Grounded",
    "Kind",
    "Move",
    "Need",
    "Option",
    "Question",
    "Remembered",
    "Request",
    "Said",
    "Setting",
    "Source",
    "State",
    "UnreadableStateError",
    "Why",
    "asking_to_change",
    "asks_otherwise",
    "confirmation_with",
    "continue_turn",
    "filled_in",
    "find_answer",
    "find_choice",
    "ground_by_type",
    "ground_nothing",
    "holes_of",
    "is_open_answer",
    "load_frames",
    "next_turn",
    "parse_state",
    "resume_offer",
    "split_requests",
    "state_document",
    "summary_of",
    "to_json",
]
