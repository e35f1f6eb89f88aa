"""Day routes (检查批次): visits put on the road before anybody is known who goes."""
