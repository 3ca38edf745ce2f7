"""Notify with a carrier that only writes down."""

from collections.abc import AsyncIterator

import pytest

from tests.support.notifying import Bureau, open_bureau


@pytest.fixture
async def bureau(dsn: str) -> AsyncIterator[Bureau]:
    async with open_bureau(dsn) as opened:
        yield opened
