"""Problems of blocks from our own JSON and from the files of gym-flp."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from yuanli.errors import Text
from yuanli.planning.blocks.problem import MOST_BLOCKS, BlocksProblem
from yuanli.planning.documents import GREATEST, refusal, table
from yuanli.solver import Document, document_from, json_of, text_of

USUAL_ASPECT = 5.0


class Block(Document):
    """A room, a machine hall, a department with its area."""

    name: str
    area: float = Field(description="In m².")
    aspect: float = Field(USUAL_ASPECT, description="How many times longer than wide at most, from 1.")


class BlocksDocument(Document):
    """Blocks with areas in a rectangular plant."""

    blocks: tuple[Block, ...] = Field(max_length=MOST_BLOCKS)
    flows: tuple[tuple[float, ...], ...] = Field(
        description="From block (row) to block (column); not negative."
    )
    width_m: float = Field(description="Of the plant, in m.")
    depth_m: float = Field(description="Of the plant, in m.")


class GymDocument(Document):
    """A file as gym-flp converts the field's instances; blocks of given width and length keep only their area.

    `aspects` is ours: how many times longer than wide each may be; 5 where it is not told.
    """

    name: str = ""
    flows: tuple[tuple[float, ...], ...]
    areas: tuple[float, ...] | None = None
    widths: tuple[float, ...] | None = None
    lengths: tuple[float, ...] | None = None
    aspects: tuple[float, ...] | None = None
    plantX: float  # noqa: N815
    plantY: float  # noqa: N815


def parse_blocks(data: bytes, name: str) -> BlocksProblem:
    """Return the problem of a file: our JSON, or gym-flp's with aspects up to 5, also packed by gzip.

    Raises
    ------
    InvalidProblemError
        It is malformed; says the field.
    """
    tables = json_of(text_of(data, name), name)
    if isinstance(tables, dict) and "plantX" in tables:
        return _gym(document_from(GymDocument, tables, name))
    given = document_from(BlocksDocument, tables, name)
    return BlocksProblem(
        blocks=tuple(block.name for block in given.blocks), flows=table("flows", given.flows),
        areas=np.array([block.area for block in given.blocks]), aspects=np.array([b.aspect for b in given.blocks]),
        width_m=given.width_m, depth_m=given.depth_m,
    )  # fmt: skip


def blocks_schema() -> dict[str, Any]:
    """Return the schema of our own JSON."""
    return BlocksDocument.model_json_schema()


def _gym(given: GymDocument) -> BlocksProblem:
    areas = given.areas
    if areas is None and given.widths is not None and given.lengths is not None:
        if len(given.widths) != len(given.lengths):
            raise refusal(
                "lengths", f"有 {len(given.lengths)} 个，宽有 {len(given.widths)} 个",
                f"there are {len(given.lengths)}, and {len(given.widths)} widths",
                hint=Text("每个区块各一个宽和长。", "Give a width and a length of every block."),
            )  # fmt: skip
        areas = tuple(w * h for w, h in zip(given.widths, given.lengths, strict=True))
    if areas is None:
        raise refusal(
            "areas", "没有面积，也没有宽和长", "there are no areas, nor widths with lengths",
            hint=Text("为每个区块写出面积。", "Give the area of every block."),
        )  # fmt: skip
    n = len(given.flows)
    return BlocksProblem(
        blocks=tuple(f"b{i + 1}" for i in range(n)), flows=table("flows", given.flows), areas=np.array(areas),
        aspects=np.full(n, USUAL_ASPECT) if given.aspects is None else np.array(given.aspects),
        width_m=_side("plantX", given.plantX), depth_m=_side("plantY", given.plantY),
    )  # fmt: skip


def _side(field: str, length: float) -> float:
    """Return a side of the plant, refused by the file's own name where it is none."""
    if not 0 < length <= GREATEST:
        raise refusal(
            field, f"{length:g} 不是合理的长度", f"{length:g} is no sensible length",
            hint=Text("给出厂区的宽和深，单位米。", "Give width and depth of the plant in m."),
        )  # fmt: skip
    return length
