"""The folder of uploaded pictures: each under the hash of its content."""

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path

from chengtuan.modules.catalog.pictures.rules.picture import LARGE_PIXELS, Picture
from chengtuan.platform.memory import give_back_memory

UPLOADS = "/media/uploads"
_AT_ONCE = max(1, (os.cpu_count() or 2) // 2)
"""Others want to be served meanwhile."""


class PictureStore:
    """Work is done in threads, few at once, and one large picture at a time: it is large when unpacked."""

    def __init__(self, folder: Path, at_once: int = _AT_ONCE) -> None:
        self._folder = folder
        self._gate = asyncio.Semaphore(at_once)
        self._large = asyncio.Lock()

    async def add(self, upload: bytes) -> tuple[str, Picture]:
        """Its URL and what is kept. Raises BadImage."""
        async with AsyncExitStack() as turn:
            if await asyncio.to_thread(_pixels, upload) > LARGE_PIXELS:
                await turn.enter_async_context(self._large)
            await turn.enter_async_context(self._gate)
            return await asyncio.to_thread(self._add, upload)

    def _add(self, upload: bytes) -> tuple[str, Picture]:
        try:
            picture = _remake(upload)
        finally:
            give_back_memory()
        name = f"{sha256(picture.webp).hexdigest()[:40]}.webp"
        self._write(self._folder / name, picture.webp)
        return f"{UPLOADS}/{name}", picture

    def _write(self, path: Path, content: bytes) -> None:
        """Under its name there is the whole file or none, also after a crash."""
        if path.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".part", delete=False) as part:
            try:
                part.write(content)
                part.flush()
                os.fsync(part.fileno())
                Path(part.name).chmod(0o644)
                Path(part.name).replace(path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise


# The decoders are loaded by the first picture: few processes ever get one.


def _pixels(upload: bytes) -> int:
    from chengtuan.modules.catalog.pictures.rules.remaking import pixels

    return pixels(upload)


def _remake(upload: bytes) -> Picture:
    from chengtuan.modules.catalog.pictures.rules.remaking import remake

    return remake(upload)
