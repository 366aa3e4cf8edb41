"""What does this person want?"""

from yuanli.language.patterns import PatternUnderstander, is_here
from yuanli.language.understanding import Alternative, Slot, Understander, Understanding, language_of

__all__ = [
    "Alternative",
    "PatternUnderstander",
    "Slot",
    "Understander",
    "Understanding",
    "is_here",
    "language_of",
]
