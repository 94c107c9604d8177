"""How much of anything there may be: said once for rules, schemas, problems and tables.

Those that clients need as well are in `clients/packages/api/limits.ts`, and a test compares them.
"""

MAX_QUANTITY = 999
"""Units of one variant that an order or a cart may have."""
MAX_LINES = 50
"""Variants of an order."""
MAX_CART_LINES = 100
"""Variants in a cart."""
MAX_PARCELS = 15
"""Of an order: WeChat takes no more for one payment (rule 17)."""
MAX_GRAMS = 1_000_000
"""That one piece weighs."""
MAX_PER_USER = 999
"""The largest limit that a campaign may set for what one person buys in it."""
MAX_ALLOTTED = 1_000_000
"""Units of a variant that are set aside for a flash sale at a time."""
MAX_FLASH_VARIANTS = 100
"""Of a product, in one flash sale."""
MOST_COUNTED = 1000
"""What is counted for a glance is counted so far: that many, or more."""
DRAWN_WITHIN_S = 600
"""Of the start of a flash sale tickets are given, and places drawn by lot."""
TURN_LASTS_S = 120
"""From when somebody is let into a flash sale; then their turn is over."""
