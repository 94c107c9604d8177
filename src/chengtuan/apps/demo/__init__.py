"""The demo shop: believable goods and a history that really happened, in the product, on a moved clock."""
