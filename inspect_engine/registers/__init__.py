"""The four registers (名录库): items, targets, officers, relations; with regions, agencies and the calendar."""
