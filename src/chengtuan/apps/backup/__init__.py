"""`chengtuan backup` and `chengtuan restore`: a shop in a folder that can be carried to another machine."""

from chengtuan.apps.backup.restore import restore
from chengtuan.apps.backup.save import back_up

__all__ = ["back_up", "restore"]
