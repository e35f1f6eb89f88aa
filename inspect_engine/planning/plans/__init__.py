"""The year's plan: its form, its numbers, its approval and filing, and the months drawn from it (年度抽查计划)."""
