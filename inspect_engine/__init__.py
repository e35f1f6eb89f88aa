"""What an inspection is and what happens to it, one folder a subject, in the order of the month."""
