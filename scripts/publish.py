"""A finished build of a client, put where the server reads it, so that nobody who has it open is left alone.

An open tab goes on asking for the files that its page named. So files whose names change with their content stay
for a while after a later build has replaced them; a page without them would be white, its buttons dead.
"""

import gzip
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

KEPT = timedelta(days=30)
"""How long replaced files are still there: longer than anybody leaves a tab open."""
ASSETS = "assets"
_RECORD = ".older.json"
"""When each file that is no longer part of the build was replaced. Nobody is served a name with a dot in front."""
_PACKABLE = frozenset({".css", ".html", ".js", ".json", ".svg", ".txt"})
_WORTH_BYTES = 1024


def publish(built: Path, target: Path, *, today: date) -> None:
    """Whole or not at all: a failed build, or one cut short, harms nobody."""
    draft = target.with_name(f"{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(built, draft)
    if (draft / ASSETS).is_dir():
        _pack(draft)
        _keep_older(target, draft, today)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)


def _pack(folder: Path) -> None:
    """Beside each text its packed form, made once and better than at each request."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _PACKABLE and path.stat().st_size >= _WORTH_BYTES:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def _keep_older(before: Path, now: Path, today: date) -> None:
    replaced = _read(before / _RECORD)
    names = {path.relative_to(before).as_posix() for path in (before / ASSETS).rglob("*") if path.is_file()}
    older: dict[str, str] = {}
    for name in sorted(names):
        since = replaced.get(name, today.isoformat())
        if (now / name).exists() or date.fromisoformat(since) < today - KEPT:
            continue
        (now / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(before / name, now / name)
        older[name] = since
    (now / _RECORD).write_text(json.dumps(older, indent=1) + "\n", encoding="utf-8")


def _read(record: Path) -> dict[str, str]:
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}
