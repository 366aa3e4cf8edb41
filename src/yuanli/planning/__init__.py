"""Who sits where; where do shared things go, and how many?"""

from yuanli.planning.utilisation import (
    Grid,
    OpenHours,
    Presence,
    SpaceBooking,
    Suggestion,
    SuggestionParams,
    Use,
    UsedSpace,
    UtilisationError,
    Watched,
    make_grid,
    measure_use,
    suggest,
    underused,
    watch,
    week_table,
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
