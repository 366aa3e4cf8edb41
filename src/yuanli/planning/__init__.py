"""Who sits where; where do shared things go, and how many?"""

__all__: list[str] = []
