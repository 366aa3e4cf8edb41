"""Which versions of a model are there, and which one is live?"""

from yuanli.learning.registry.cards import CardNotes, ListedScore, model_card, write_card
from yuanli.learning.registry.changes import (
    BadModelNameError,
    LiveChangedError,
    ModelExistsError,
    StageError,
    archive,
    promote,
    promote_checked,
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
from yuanli.learning.registry.showing import ShownModel, show_model
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
    "ListedScore",
    "LiveChangedError",
    "ModelExistsError",
    "ModelNotFoundError",
    "NothingToRollBackError",
    "Registry",
    "ShadowCounts",
    "ShownModel",
    "Stage",
    "StageChange",
    "StageError",
    "Stages",
    "archive",
    "list_models",
    "model_card",
    "promote",
    "promote_checked",
    "register",
    "rollback",
    "set_shadow",
    "show_model",
    "stages_path",
    "write_card",
]
