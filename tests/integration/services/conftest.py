"""A deployment for commands: a database of its own and a master key, set where a command looks for them."""

import base64

import pytest


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch, dsn: str, master_key: bytes) -> None:
    monkeypatch.setenv("TECHRESCUE_POSTGRES_DSN", dsn)
    monkeypatch.setenv("TECHRESCUE_MASTER_KEY", base64.urlsafe_b64encode(master_key).decode())
