"""Keeps a set of processes running: starts them in order, brings back what dies, stops all cleanly."""

from chengtuan.apps.supervisor.child import ChildSpec
from chengtuan.apps.supervisor.supervisor import Supervisor

__all__ = ["ChildSpec", "Supervisor"]
