"""Which state is a room or a device in, and which comes next?"""

from yuanli.forecast.states.features import Look
from yuanli.forecast.states.fitting import (
    FLOOR_NAMES,
    MODEL,
    SaidStates,
    StateModel,
    StateParams,
    evaluate_states,
    fit_states,
    say_states,
)
from yuanli.forecast.states.members import StateLearning
from yuanli.forecast.states.places import InvalidStatesError, Place, place_of
from yuanli.forecast.states.saving import STATES, load_states, save_states
from yuanli.forecast.states.scoring import StateScores
from yuanli.learning import GrowParams

__all__ = [
    "FLOOR_NAMES",
    "MODEL",
    "STATES",
    "GrowParams",
    "InvalidStatesError",
    "Look",
    "Place",
    "SaidStates",
    "StateLearning",
    "StateModel",
    "StateParams",
    "StateScores",
    "evaluate_states",
    "fit_states",
    "load_states",
    "place_of",
    "save_states",
    "say_states",
]
