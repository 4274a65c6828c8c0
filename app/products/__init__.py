"""The catalog: what a product is, how one is found, and how many are written at once."""
