"""What may be drawn: tasks, their strata and who is eligible (抽查任务)."""
