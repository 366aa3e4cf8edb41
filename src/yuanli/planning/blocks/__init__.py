"""Where in the plant does each block lie, and in what shape?"""

from typing import Final

from yuanli.errors import Text
from yuanli.planning.blocks.checking import check_blocks
from yuanli.planning.blocks.problem import BlocksPlan, BlocksProblem
from yuanli.planning.blocks.reading import BlocksDocument, blocks_schema, parse_blocks
from yuanli.planning.blocks.solving import BlocksParams, solve_blocks
from yuanli.planning.blocks.telling import (
    blocks_rows,
    carried_blocks,
    conflicts_blocks,
    explain_blocks,
    read_blocks_rows,
)
from yuanli.solver import Kind

BLOCKS: Final[Kind[BlocksProblem, BlocksPlan]] = Kind(
    name="blocks",
    title=Text("不等面积布局", "Unequal-area layout"),
    method=Text("切分式平面图的模拟退火", "annealing of slicing floor plans"),
    parse=parse_blocks,
    schema=blocks_schema,
    solve=solve_blocks,
    check=check_blocks,
    rows=blocks_rows,
    read_rows=read_blocks_rows,
    carried=carried_blocks,
    explain=explain_blocks,
    conflicts=conflicts_blocks,
)

__all__ = [
    "BLOCKS",
    "BlocksDocument",
    "BlocksParams",
    "BlocksPlan",
    "BlocksProblem",
    "blocks_rows",
    "blocks_schema",
    "check_blocks",
    "conflicts_blocks",
    "explain_blocks",
    "parse_blocks",
    "read_blocks_rows",
    "solve_blocks",
]
