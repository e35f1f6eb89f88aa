"""The annual plan's numbers: how many, of whom, when (年度抽查计划的抽取数)."""
