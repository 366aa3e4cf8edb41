"""Which campus is meant where none is named."""

from __future__ import annotations

from yuanli.bootstrap import House
from yuanli.campus import CampusId
from yuanli.errors import Text
from yuanli.operations import CampusNotFoundError


def newest_campus(house: House) -> CampusId:
    """Return the newest campus that is kept.

    Raises
    ------
    CampusNotFoundError
        None is kept.
    """
    summaries = house.places.summaries()
    if not summaries:
        raise CampusNotFoundError(
            Text("还没有导入园区。", "No campus is kept yet."),
            field="campus",
            hint=Text("请管理员先导入园区地图。", "Have an administrator import a map first."),
        )
    return summaries[-1].id
