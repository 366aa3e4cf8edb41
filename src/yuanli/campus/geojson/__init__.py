"""GeoJSON: our own export, floors with a mapping, features with OSM tags."""
