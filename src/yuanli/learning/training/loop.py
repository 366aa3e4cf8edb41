"""The training loop: Hugging Face's, with our losses, our scores, and checkpoints that are checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import Sampler
from transformers import (
    EarlyStoppingCallback,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
    set_seed,
)

from yuanli.learning.recipes import Recipe
from yuanli.learning.tokens import TextTokenizer
from yuanli.learning.training.batches import ByLength, Rows, collate, multiplies_bf16
from yuanli.learning.training.checkpoints import Checked, last_checkpoint
from yuanli.learning.training.embedding_noise import STEPS, EmbeddingNoise
from yuanli.learning.training.losses import (
    contrastive_loss,
    disagreement,
    distillation_loss,
    drift,
    task_loss,
)
from yuanli.learning.training.methods import layers_of
from yuanli.learning.training.networks import Network, Output

Evaluate = Callable[[Network], Mapping[str, float]]


class _Loop(Trainer):
    """One fine-tuning run of a network."""

    optimizer: Any
    control: Any

    def __init__(
        self, *, recipe: Recipe, tokenizer: TextTokenizer, evaluate: Evaluate | None, teacher: Network | None,
        checked: Checked, **kwargs: Any,
    ) -> None:  # fmt: skip
        rows: Rows = kwargs["train_dataset"]
        self._recipe = recipe
        self._checked = checked
        self._dev_scores = evaluate
        self._teacher = teacher
        self._centre = None if rows.vectors is None else rows.vectors.mean(0)
        super().__init__(data_collator=lambda rows: collate(rows, tokenizer), **kwargs)
        self._noise = (
            EmbeddingNoise(self.model, self.model.encoder)
            if recipe.regularisation.adversarial != "none"
            else None
        )

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        rows = train_dataset or self.train_dataset
        return ByLength(rows.lengths, self.args.train_batch_size, seed=self._recipe.seed)

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        if self.optimizer is None:
            groups = parameter_groups(model or self.model, self._recipe)
            kind, options = self.get_optimizer_cls_and_kwargs(self.args, self.model)
            self.optimizer = kind(groups, **options)
        return self.optimizer

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:  # fmt: skip
        del num_items_in_batch
        batch, knobs = inputs, self._recipe.regularisation
        output: Output = model(batch["input_ids"], batch["attention_mask"])
        network: Network = self.accelerator.unwrap_model(model)
        loss = task_loss(network, output, batch, smoothing=knobs.label_smoothing)
        if knobs.r_drop:
            again: Output = model(batch["input_ids"], batch["attention_mask"])
            other = task_loss(network, again, batch, smoothing=knobs.label_smoothing)
            loss = (loss + other) / 2 + knobs.r_drop * disagreement(output, again, batch)
        if "pair_ids" in batch:
            pairs: Output = model(batch["pair_ids"], batch["pair_mask"])
            loss = loss + contrastive_loss(output.vectors[batch["paired"]], pairs.vectors)
        if self._teacher is not None:
            with torch.no_grad():
                taught = self._teacher(batch["input_ids"], batch["attention_mask"])
            loss = loss + distillation_loss(output, taught, batch)
        if self._centre is not None:
            loss = loss + knobs.keep_vectors * drift(output.vectors, batch["vectors"], self._centre)
        return (loss, output) if return_outputs else loss

    def training_step(
        self, model: nn.Module, inputs: dict[str, Any], num_items_in_batch: Any = None
    ) -> Tensor:
        if self._noise is not None:
            self._noise.begin()
        loss: Tensor = super().training_step(model, inputs, num_items_in_batch)
        if self._noise is not None:
            knobs = self._recipe.regularisation
            step = super().training_step
            self._noise.attack(
                lambda: step(model, inputs, num_items_in_batch),
                size=knobs.adversarial_size, steps=STEPS[knobs.adversarial],
            )  # fmt: skip
        return loss

    def evaluate(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> dict[str, float]:
        del args, kwargs
        self._checked.swap(self.model)
        scores = dict(self._dev_scores(self.model)) if self._dev_scores else {}
        self._checked.swap(self.model)
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in scores.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


class _Epochs(TrainerCallback):
    """Tells the rows which epoch it is, so that each augments anew and a resumed run augments alike."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, control, kwargs
        self._rows.epoch = round(state.epoch or 0)


class _Ranks(TrainerCallback):
    """Lets AdaLoRA share out its ranks."""

    def on_pre_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        del args, control
        encoder = kwargs["model"].encoder
        if hasattr(getattr(encoder, "base_model", None), "update_and_allocate"):
            encoder.base_model.update_and_allocate(state.global_step)


def run_loop(
    network: Network,
    rows: Rows,
    tokenizer: TextTokenizer,
    recipe: Recipe,
    *,
    folder: Path,
    evaluate: Evaluate | None = None,
    teacher: Network | None = None,
    callbacks: Sequence[TrainerCallback] = (),
    resume: bool = False,
    report_to: Sequence[str] = (),
) -> Trainer:
    """Train a network in place and return the loop that did it.

    Parameters
    ----------
    evaluate
        Gives the dev scores of a network; the best by `score` is kept at the end.
    resume
        Go on from the last whole checkpoint in `folder`, with the result of a run that never stopped.
    """
    set_seed(recipe.seed)
    steps = max(1, total_steps(len(rows), recipe) // recipe.evaluations)
    checked = Checked(recipe.regularisation.averaging)
    loop = _Loop(
        checked=checked, recipe=recipe, tokenizer=tokenizer, evaluate=evaluate, teacher=teacher,
        model=network, args=_arguments(recipe, folder, steps, evaluate is not None, report_to),
        train_dataset=rows, eval_dataset=rows if evaluate else None,
        callbacks=[_Epochs(rows), _Ranks(), checked, *callbacks],
    )  # fmt: skip
    loop.remove_callback(PrinterCallback)  # standard output is the caller's
    if evaluate and recipe.regularisation.patience:
        loop.add_callback(EarlyStoppingCallback(recipe.regularisation.patience))
    loop.train(resume_from_checkpoint=str(found) if resume and (found := last_checkpoint(folder)) else None)
    loop.accelerator.unwrap_model(network, keep_fp32_wrapper=False)  # what follows reckons in float32
    return loop


def total_steps(count: int, recipe: Recipe) -> int:
    """Return how many times the weights change in a run over `count` examples."""
    each = math.ceil(math.ceil(count / recipe.optimiser.batch) / recipe.optimiser.accumulation)
    return math.ceil(each * recipe.optimiser.epochs)


def parameter_groups(network: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Return the weights that learn with their rates: smaller for each lower layer, none decays that shouldn't."""
    knobs = recipe.optimiser
    depth = {
        id(parameter): number
        for number, layer in enumerate(layers_of(network.encoder), start=1)
        for parameter in layer.parameters()
    }
    top = max(depth.values(), default=0) + 1
    inside = {id(parameter) for parameter in network.encoder.parameters()}
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = knobs.head_rate or knobs.rate
        if id(parameter) in inside:
            rate = knobs.rate * knobs.layer_decay ** (top - depth.get(id(parameter), 0) - 1)
        decays = parameter.ndim > 1 and "crf" not in name
        groups.setdefault((rate, knobs.weight_decay if decays else 0.0), []).append(parameter)
    return [{"params": p, "lr": rate, "weight_decay": decay} for (rate, decay), p in groups.items()]


def _arguments(
    recipe: Recipe, folder: Path, steps: int, evaluates: bool, report_to: Sequence[str]
) -> TrainingArguments:
    knobs = recipe.optimiser
    bf16 = knobs.precision == "bf16" or (knobs.precision == "auto" and multiplies_bf16())
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=knobs.epochs,
        per_device_train_batch_size=knobs.batch,
        gradient_accumulation_steps=knobs.accumulation,
        learning_rate=knobs.rate,
        lr_scheduler_type=knobs.schedule if knobs.schedule != "constant" else "constant_with_warmup",
        warmup_steps=knobs.warmup,
        max_grad_norm=knobs.clip,
        optim="adafactor" if knobs.name == "adafactor" else "adamw_torch",
        bf16=bf16,
        eval_strategy="steps" if evaluates else "no",
        eval_steps=steps,
        save_strategy="steps",
        save_steps=steps,
        save_total_limit=recipe.checkpoints,
        load_best_model_at_end=evaluates and not recipe.regularisation.averaging,
        metric_for_best_model="eval_score",
        greater_is_better=True,
        logging_steps=max(1, steps // 5),
        remove_unused_columns=False,
        disable_tqdm=True,
        report_to=list(report_to) or "none",
        seed=recipe.seed,
        data_seed=recipe.seed,
        dataloader_num_workers=0,
        use_cpu=not torch.cuda.is_available(),
    )
