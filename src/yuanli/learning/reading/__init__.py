"""Files of labelled examples, in the forms that people have them in."""

from yuanli.learning.reading.files import FORMATS, InvalidDataError, load_examples
from yuanli.learning.reading.records import example_from, record_of

__all__ = ["FORMATS", "InvalidDataError", "example_from", "load_examples", "record_of"]
