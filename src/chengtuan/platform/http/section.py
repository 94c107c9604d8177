"""A router that is asked only about its own part of the addresses."""

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope


class Section(APIRouter):
    """Declared with the prefix under which it is served; its routes are not tried for any other address.

    The framework tries route after route, each with a regular expression: at the end of a long list that
    costs as much as answering. Include it without a further prefix.
    """

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not scope["path"].startswith(self.prefix) and not scope.get("root_path"):
            return Match.NONE, {}
        return super().matches(scope)
