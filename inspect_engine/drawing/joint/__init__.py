"""Joint draws (联合抽查): consents, agreed dates, and what one door for many items saves."""
