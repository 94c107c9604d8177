"""The demo shop's pictures: composed once from vector art, then copied into each shop's media folder."""

from scripts.progress import ROOT, run_step
from scripts.setup_clients import ensure_node, npm_path
from scripts.setup_python import PYTHON
from scripts.stamps import Stamp

DEMO = ROOT / "demo"
PICTURES = DEMO / "pictures"


def ensure_pictures() -> None:
    """Composes what has changed since the last time."""
    stamp = Stamp(
        "demo-pictures", [DEMO / name for name in ("catalogue", "artwork", "compose.py", "package-lock.json")]
    )
    if stamp.is_current and PICTURES.is_dir():
        return
    stamp.forget()
    node = ensure_node()
    command = [npm_path(node), "ci", "--no-fund", "--no-audit"]
    run_step("Fetching the art of the demo's pictures", command, log_name="demo-npm", folder=DEMO, environment=node)
    compose = [str(PYTHON), str(DEMO / "compose.py"), "--out", str(PICTURES)]
    run_step("Composing the demo's pictures", compose, log_name="demo-pictures", folder=ROOT)
    stamp.set()
