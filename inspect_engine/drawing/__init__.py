"""The monthly draw, stage by stage (抽取)."""
