"""Chance and optimisation: plain data in, plain data out; no database, clock, network or framework."""
