"""The journal: what changed in the catalog, by whom, in which order; and taking it back."""
