"""`chengtuan verify`: whether a shop's data is whole, asked of the database and the pictures themselves."""

from chengtuan.apps.verify.check import Findings, examine, verify_installation

__all__ = ["Findings", "examine", "verify_installation"]
