"""Cells: what they are made of, what they cost, and how their prices fall."""
