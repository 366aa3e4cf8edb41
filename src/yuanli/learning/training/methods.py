"""Which weights learn: all, or few that are put into or beside the frozen encoder."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping

from torch import Tensor, nn

from yuanli.learning.recipes import Method, MethodParams


class Bottleneck(nn.Module):
    """A feed-forward layer with its own small adapter behind it (Houlsby et al. 2019)."""

    def __init__(self, layer: nn.Module, *, inside: int, width: int) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Linear(inside, width)
        self.up = nn.Linear(width, inside)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, *args: Tensor) -> Tensor:
        states: Tensor = self.layer(*args)
        return states + self.up(nn.functional.gelu(self.down(states)))


def prepare_encoder(encoder: nn.Module, params: MethodParams, *, steps: int) -> nn.Module:
    """Return the encoder with the weights that a method trains, and only those, open to learning."""
    return METHODS[params.name](encoder, params, steps)


def is_merged(encoder: nn.Module) -> bool:
    """Whether an encoder is of its own kind again, with nothing put into or beside it."""
    put_in = any(isinstance(module, Bottleneck) for module in encoder.modules())
    return not put_in and not hasattr(encoder, "peft_config")


def merged_encoder(encoder: nn.Module) -> nn.Module:
    """Return an encoder with low-rank updates added into its own weights; others stay as they are."""
    merge = getattr(encoder, "merge_and_unload", None)
    if merge is None or "PREFIX" in str(getattr(encoder, "peft_type", "")).upper():
        return encoder
    return merge()


def layers_of(encoder: nn.Module) -> nn.ModuleList:
    """Return the transformer layers of an encoder of the BERT family, the lowest first."""
    lists = [module for module in encoder.modules() if isinstance(module, nn.ModuleList)]
    return max(lists, key=len)


def embeddings_of(encoder: nn.Module) -> nn.Module:
    """Return the module that turns ids into vectors, positions and all."""
    return next(module for name, module in encoder.named_modules() if name.endswith("embeddings"))


def _full(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    del steps
    if params.freeze_embeddings:
        embeddings_of(encoder).requires_grad_(False)
    return encoder


def _frozen(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    del params, steps
    return encoder.requires_grad_(False)


def _bitfit(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    """Only biases learn (Ben Zaken et al. 2022)."""
    del params, steps
    for name, parameter in encoder.named_parameters():
        parameter.requires_grad_(name.endswith("bias"))
    return encoder


def _adapter(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    del steps
    encoder.requires_grad_(False)
    inside = encoder.config.hidden_size
    for layer in layers_of(encoder):
        for owner in [m for m in layer.modules() if isinstance(getattr(m, "dense", None), nn.Linear)]:
            if owner.dense.out_features == inside:
                owner.dense = Bottleneck(owner.dense, inside=inside, width=params.width)
    return encoder


def _lora(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    """Low-rank updates of all linear layers (Hu et al. 2022)."""
    del steps
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=params.rank, lora_alpha=params.alpha, lora_dropout=0.05, target_modules="all-linear"
    )
    return get_peft_model(encoder, config)


def _adalora(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    """Low-rank updates whose ranks are shared out among the layers while training (Zhang et al. 2023)."""
    from peft import AdaLoraConfig, get_peft_model

    config = AdaLoraConfig(
        init_r=params.rank * 3 // 2, target_r=params.rank, lora_alpha=params.alpha, lora_dropout=0.05,
        target_modules="all-linear", total_step=max(steps, 10), tinit=max(1, steps // 10),
        tfinal=max(2, steps // 3), deltaT=10,
    )  # fmt: skip
    return get_peft_model(encoder, config)


def _prefix(encoder: nn.Module, params: MethodParams, steps: int) -> nn.Module:
    """Learned keys and values before each layer's own (Li and Liang 2021)."""
    del steps
    from peft import PrefixTuningConfig, TaskType, get_peft_model

    warnings.filterwarnings("ignore", message=".*past_key_values.*|.*is_gradient_checkpointing.*")
    config = PrefixTuningConfig(task_type=TaskType.FEATURE_EXTRACTION, num_virtual_tokens=params.length)
    prefixed = get_peft_model(encoder, config)
    del prefixed.word_embeddings  # a second name of the encoder's own, which would be saved twice
    return prefixed


METHODS: Mapping[Method, Callable[[nn.Module, MethodParams, int], nn.Module]] = {
    Method.FULL: _full,
    Method.LORA: _lora,
    Method.ADALORA: _adalora,
    Method.ADAPTER: _adapter,
    Method.PREFIX: _prefix,
    Method.BITFIT: _bitfit,
    Method.FROZEN: _frozen,
}
