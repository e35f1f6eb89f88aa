"""One working day for each route, before anybody is known who goes (排期)."""
