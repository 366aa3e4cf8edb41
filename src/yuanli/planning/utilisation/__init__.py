"""How much are spaces used, and what could be saved?"""

from yuanli.planning.utilisation.measures import (
    Grid,
    Use,
    Watched,
    make_grid,
    measure_use,
    watch,
    week_table,
)
from yuanli.planning.utilisation.suggestions import Suggestion, SuggestionParams, suggest, underused
from yuanli.planning.utilisation.tables import (
    OpenHours,
    Presence,
    SpaceBooking,
    UsedSpace,
    UtilisationError,
)

__all__ = [
    "Grid",
    "OpenHours",
    "Presence",
    "SpaceBooking",
    "Suggestion",
    "SuggestionParams",
    "Use",
    "UsedSpace",
    "UtilisationError",
    "Watched",
    "make_grid",
    "measure_use",
    "suggest",
    "underused",
    "watch",
    "week_table",
]
