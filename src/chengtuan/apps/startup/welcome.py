"""What the person sees when everything runs: addresses and demo accounts."""

import json
from pathlib import Path
from typing import Any

ACCOUNTS_FILE = "demo-accounts.json"


def welcome(data: Path, *, host: str, port: int, sandbox_port: int | None) -> str:
    """The addresses, and the accounts that the demo data brought along."""
    base = f"http://{host}:{port}"
    lines = [
        "",
        f"  Shop      {base}/",
        f"  Console   {base}/console/",
        f"  API docs  {base}/docs",
    ]
    accounts: list[str] = []
    if sandbox_port is not None:
        accounts = _accounts(data / ACCOUNTS_FILE)
        lines.append(f"  Sandbox   http://{host}:{sandbox_port}/   (WeChat, SMS: see and decide what they answer)")
    return "\n".join([*lines, *accounts, "", "  Ctrl-C stops everything.", ""])


def _accounts(path: Path) -> list[str]:
    try:
        accounts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    lines = [""]
    if phones := accounts.get("phones"):
        shown = ", ".join(map(_phone, phones))
        lines.append(f"  Sign in to the shop with {shown} (the code arrives at the sandbox desk)")
    for account in accounts.get("console", []):
        login = f"{account['login']} / {account['password']}"
        lines.append(f"  Sign in to the console with {login}   {account.get('what', '')}".rstrip())
    return lines


def _phone(entry: Any) -> str:
    return str(entry.get("phone", "")) if isinstance(entry, dict) else str(entry)
