"""Laws of the annual plan's numbers."""
