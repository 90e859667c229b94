"""A fresh simulator for every test."""

import pytest

from tests.simulator.driver import Driver


@pytest.fixture
def sim() -> Driver:
    return Driver()
