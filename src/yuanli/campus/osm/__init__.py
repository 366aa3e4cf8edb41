"""What does OpenStreetMap say of this place?"""

from yuanli.campus.osm.importing import read_osm
from yuanli.campus.osm.levels import LevelReading, parse_levels

__all__ = ["LevelReading", "parse_levels", "read_osm"]
