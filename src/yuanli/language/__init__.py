"""What does this person want?"""

from yuanli.language.patterns import PatternUnderstander
from yuanli.language.understanding import Alternative, Slot, Understander, Understanding, language_of

__all__ = [
    "Alternative",
    "PatternUnderstander",
    "Slot",
    "Understander",
    "Understanding",
    "language_of",
]
