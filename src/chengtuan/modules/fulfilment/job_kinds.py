"""The names of the durable jobs of `fulfilment`."""

UPLOAD_SHIPPING = "upload_shipping"
"""ref: order. Report its parcels to WeChat."""
TELL_NUMBER = "tell_number"
"""ref: parcel. Tell trade, and with that the buyer, a corrected number."""
FILL_PARCELS = "fill_parcels"
"""ref: all. Scheduled by the migration that brought lines."""
