"""What may be done, what must be done, and by whom: lists of powers, duties and items (权力清单、责任清单、事项清单)."""
