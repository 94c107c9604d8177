"""The end of everything that somebody is signed in with."""

from uuid import UUID

from chengtuan.modules.accounts.repository import devices, sessions
from chengtuan.platform.database import WriteSession


async def sign_out_everywhere(tx: WriteSession, staff_id: UUID, *, but: bytes = b"") -> None:
    """Sessions end, `but` for one, and devices are not known any more."""
    await sessions.delete_sessions_of(tx, staff_id, but=but)
    await devices.forget_devices(tx, staff_id)
