"""Which device, room, person or group, and when?"""

__all__: list[str] = []
