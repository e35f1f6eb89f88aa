"""The web edge: FastAPI routes and pages. No rule of the field lives here."""
