"""What is there before anything is measured: a shop, its people, and groups and orders that were made before."""
