import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chengtuan.gateways.sandbox import initialise
from tests.gateways.stage import DESK, Stage, on_stage


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One set of keys for all tests: making three RSA keys takes longer than most of them."""
    folder = tmp_path_factory.mktemp("identity")
    initialise(folder, public_url=DESK)
    return folder


@pytest.fixture
def data_dir(identity: Path, tmp_path: Path) -> Path:
    """A sandbox's folder with keys and no ledger."""
    shutil.copytree(identity, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
async def stage(data_dir: Path) -> AsyncIterator[Stage]:
    async with on_stage(data_dir) as made:
        yield made
