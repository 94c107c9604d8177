"""PostgreSQL that comes with the product: nothing to install, and no port opened.

Only the standard library is imported here, so that the set-up scripts can use it before the
virtual environment exists.
"""

from chengtuan.apps.embedded.cluster import Cluster
from chengtuan.apps.embedded.problems import SetupProblem

__all__ = ["Cluster", "SetupProblem"]
