"""The names of the durable jobs of `fulfilment`."""

UPLOAD_SHIPPING = "upload_shipping"
"""ref: order. Report its parcels to WeChat."""
