"""One demo house a module: tests that edit it undo what they did."""

from collections.abc import Iterator

import pytest
from tests.operations.parks import demo_house

from yuanli.bootstrap import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = demo_house(tmp_path_factory.mktemp("house"))
    yield opened
    opened.close()
