"""Who stands in the pool, under which code and with which bars (人员库)."""
