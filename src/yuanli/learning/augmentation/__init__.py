"""Ways to change an example so that what it means, and its spans, stay: seeded, and labelled as such."""

from yuanli.learning.augmentation.making import AUGMENTERS, Augmenter, augment, augmenter_of
from yuanli.learning.augmentation.paraphrasing import Paraphraser, paraphrased
from yuanli.learning.augmentation.pieces import Tables
from yuanli.learning.augmentation.wording import tables_of

__all__ = [
    "AUGMENTERS",
    "Augmenter",
    "Paraphraser",
    "Tables",
    "augment",
    "augmenter_of",
    "paraphrased",
    "tables_of",
]
