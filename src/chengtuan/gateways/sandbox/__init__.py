"""A local server that speaks the partners' protocols. Everything public is named here."""

from .app import create_sandbox_app
from .credentials import initialise
from .faults import FaultKind
from .platform_identity import SigningMode
from .sandbox import Sandbox
from .settings import SandboxSettings, settings_from_environment

__all__ = [
    "FaultKind",
    "Sandbox",
    "SandboxSettings",
    "SigningMode",
    "create_sandbox_app",
    "initialise",
    "settings_from_environment",
]
