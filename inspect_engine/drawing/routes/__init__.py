"""Visits on routes and days (批次与日期) before anybody is known who goes."""
