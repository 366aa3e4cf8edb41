"""Which versions of a model are there, and which one is live?"""

from yuanli.learning.registry.cards import CardNotes, model_card, write_card
from yuanli.learning.registry.changes import (
    BadModelNameError,
    LiveChangedError,
    ModelExistsError,
    StageError,
    archive,
    promote,
    register,
    rollback,
    set_shadow,
)
from yuanli.learning.registry.folder import ModelNotFoundError, Registry
from yuanli.learning.registry.gates import (
    GateCheck,
    GateClosedError,
    GateParams,
    GateReport,
    InvalidGateError,
)
from yuanli.learning.registry.listing import ListedModel, list_models
from yuanli.learning.registry.shadows import ShadowCounts
from yuanli.learning.registry.stages import (
    BUILT_IN,
    Author,
    BrokenStagesError,
    NothingToRollBackError,
    Stage,
    StageChange,
    Stages,
    stages_path,
)

__all__ = [
    "BUILT_IN",
    "Author",
    "BadModelNameError",
    "BrokenStagesError",
    "CardNotes",
    "GateCheck",
    "GateClosedError",
    "GateParams",
    "GateReport",
    "InvalidGateError",
    "ListedModel",
    "LiveChangedError",
    "ModelExistsError",
    "ModelNotFoundError",
    "NothingToRollBackError",
    "Registry",
    "ShadowCounts",
    "Stage",
    "StageChange",
    "StageError",
    "Stages",
    "archive",
    "list_models",
    "model_card",
    "promote",
    "register",
    "rollback",
    "set_shadow",
    "stages_path",
    "write_card",
]
