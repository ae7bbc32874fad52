"""What every test may use."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import Phase, settings

from workshop import create_app
from workshop.config import Config

# The same examples on every run, and however slow the machine is.
settings.register_profile("cyd", deadline=None, derandomize=True, database=None, max_examples=300)
# Others on every run, and many more: pytest --hypothesis-profile=long.
settings.register_profile("long", deadline=None, database=None, max_examples=3000)
# The same as in `cyd`, and the first failure is enough: no time is spent on finding a shorter one.
settings.register_profile("mutants", settings.get_profile("cyd"), phases=(Phase.explicit, Phase.generate))
settings.load_profile("cyd")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The whole server as a WSGI app over a database of its own; nothing is patched and nothing listens."""
    app = create_app(Config(data=tmp_path_factory.mktemp("data")), lambda: "http://127.0.0.1:8050")
    yield app
    app.extensions["cyd"].store.close()
