"""Devices and their points in the field's own formats: Brick (turtle) and Project Haystack (JSON)."""
