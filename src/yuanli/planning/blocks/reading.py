"""Problems of blocks from our own JSON and from the files of gym-flp."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from yuanli.errors import Text
from yuanli.planning.blocks.problem import MOST_BLOCKS, BlocksProblem
from yuanli.planning.documents import refusal, table
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
    """A file as gym-flp converts the field's instances; blocks of given width and length keep only their area."""

    name: str = ""
    flows: tuple[tuple[float, ...], ...]
    areas: tuple[float, ...] | None = None
    widths: tuple[float, ...] | None = None
    lengths: tuple[float, ...] | None = None
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
        areas = tuple(w * h for w, h in zip(given.widths, given.lengths, strict=False))
    if areas is None:
        raise refusal(
            "areas", "没有面积，也没有宽和长", "there are no areas, nor widths with lengths",
            hint=Text("为每个区块写出面积。", "Give the area of every block."),
        )  # fmt: skip
    n = len(given.flows)
    return BlocksProblem(
        blocks=tuple(f"b{i + 1}" for i in range(n)), flows=table("flows", given.flows), areas=np.array(areas),
        aspects=np.full(n, USUAL_ASPECT), width_m=given.plantX, depth_m=given.plantY,
    )  # fmt: skip
