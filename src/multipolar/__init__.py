"""Multipolar: the geopolitics of batteries, with a source and a range on every number."""
