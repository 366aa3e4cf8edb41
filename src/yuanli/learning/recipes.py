"""A training run as one YAML recipe: base, data, method, and every knob, with its default."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yuanli.errors import InvalidInputError, Text

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]


class InvalidRecipeError(InvalidInputError):
    """A recipe has an unknown key, or a value out of its range."""


class Method(StrEnum):
    """Which weights learn: the registry of fine-tuning methods."""

    FULL = "full"
    LORA = "lora"
    ADALORA = "adalora"
    ADAPTER = "adapter"
    PREFIX = "prefix"
    BITFIT = "bitfit"
    FROZEN = "frozen"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DataParams(_Part):
    """One data set of a recipe.

    `task` names the head that learns it: data sets of the same task share one. `weight` multiplies its
    loss; `most` takes that many examples at random. Paths are relative to the recipe.
    """

    path: str
    task: str = "main"
    format: str = "auto"
    dev: str | None = None
    test: str | None = None
    weight: Annotated[float, Field(gt=0)] = 1.0
    most: Positive | None = None
    augment: bool = True


class MethodParams(_Part):
    """How the method is sized: `rank` and `alpha` of LoRA, `width` of adapters, `length` of the prefix.

    `freeze_embeddings` keeps the word vectors as they are, which trains faster and generalises as well.
    """

    name: Method = Method.FULL
    rank: Positive = 16
    alpha: Positive = 32
    width: Positive = 64
    length: Positive = 32
    freeze_embeddings: bool = True


class OptimiserParams(_Part):
    """Steps and their size. `layer_decay` multiplies the rate of each layer below the top one."""

    name: Literal["adamw", "adafactor"] = "adamw"
    rate: Annotated[float, Field(gt=0, le=1)] = 1e-4
    head_rate: Annotated[float, Field(gt=0, le=1)] | None = None
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    weight_decay: Annotated[float, Field(ge=0, le=1)] = 0.01
    schedule: Literal["linear", "cosine", "constant"] = "linear"
    warmup: Share = 0.1
    epochs: Annotated[float, Field(gt=0, le=1000)] = 10
    batch: Positive = 32
    accumulation: Positive = 1
    clip: Annotated[float, Field(gt=0)] = 1.0
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    gradient_checkpointing: bool = False


class RegularisationParams(_Part):
    """What keeps the network from learning by heart; all off but dropout.

    `r_drop` weighs the disagreement of two dropout passes; `adversarial` perturbs the word vectors by
    `adversarial_size` times the direction of the steepest loss (FGM: one step, PGD: three);
    `averaging` is the decay of the running mean of the weights; `keep_vectors` weighs staying near the base's
    sentence vectors.
    """

    dropout: Share = 0.1
    label_smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.0
    r_drop: Annotated[float, Field(ge=0)] = 0.0
    adversarial: Literal["none", "fgm", "pgd"] = "none"
    adversarial_size: Annotated[float, Field(gt=0)] = 0.5
    averaging: Annotated[float, Field(ge=0, lt=1)] = 0.0
    patience: Positive | None = None
    keep_vectors: Annotated[float, Field(ge=0)] = 0.0


class AugmentationParams(_Part):
    """One way to change examples, and the share of examples it changes each epoch."""

    name: str
    share: Share = 0.1


class WordsParams(_Part):
    """A sentence in both languages."""

    zh: str
    en: str


class CardParams(_Part):
    """What the model card says beyond facts and scores: data, licence, intended use, limits."""

    data: WordsParams | None = None
    licence: WordsParams | None = None
    use: WordsParams | None = None
    limits: tuple[WordsParams, ...] = ()


class Recipe(_Part):
    """Everything a training run depends on but the code and the data themselves.

    `exchangeable` holds groups of types of span whose values may replace each other in augmentation;
    `bar_unseen_spans` keeps a model from finding types of span that its class never had in the data.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    base: str = "built-in"
    data: Annotated[tuple[DataParams, ...], Field(min_length=1)]
    method: MethodParams = MethodParams()
    optimiser: OptimiserParams = OptimiserParams()
    regularisation: RegularisationParams = RegularisationParams()
    augmentation: tuple[AugmentationParams, ...] = ()
    exchangeable: tuple[tuple[str, ...], ...] = ()
    crf: bool = False
    characters: bool = False
    bar_unseen_spans: bool = False
    max_length: Annotated[int, Field(ge=8, le=512)] = 96
    seed: int = 0
    evaluations: Positive = 10
    checkpoints: Positive = 2
    score: Literal["label", "spans", "exact", "mean"] = "mean"
    card: CardParams = CardParams()


def load_recipe(path: Path) -> Recipe:
    """Read a recipe; paths in it become absolute.

    Raises
    ------
    InvalidRecipeError
        The file is no YAML mapping, or a key or value is not allowed.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidRecipeError(
            Text(f"读不出配方“{path}”：{error}", f"The recipe {path} can't be read: {error}"),
            field=str(path),
            hint=Text("检查路径和 YAML 格式。", "Check the path and the YAML."),
        ) from error
    if not isinstance(document, dict):
        raise InvalidRecipeError(
            Text(f"配方“{path}”不是键值表。", f"The recipe {path} is not a mapping."),
            field=str(path),
            hint=Text("至少写 name 和 data。", "Give at least name and data."),
        )
    return parse_recipe({"name": path.stem.lower()} | document, folder=path.parent)


def parse_recipe(document: dict[str, Any], *, folder: Path) -> Recipe:
    """Return the recipe that a mapping stands for; paths are taken from `folder`."""
    try:
        recipe = Recipe.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidRecipeError(
            Text(
                f"配方中“{where}”的值 {first.get('input')!r} 不合规则：{first['msg']}。",
                f"{where} in the recipe is {first.get('input')!r}: {first['msg']}.",
            ),
            field=where,
            hint=Text("配方的各项见 docs/learning.md。", "docs/learning.md lists what a recipe may hold."),
        ) from error
    data = tuple(
        part.model_copy(
            update={
                name: str(folder / value)
                for name in ("path", "dev", "test")
                if (value := getattr(part, name)) and not value.startswith("built-in")
            }
        )
        for part in recipe.data
    )
    base = folder / recipe.base
    return recipe.model_copy(update={"data": data, "base": str(base) if base.is_dir() else recipe.base})
