"""Laws of what changes after the lottery (抽取后的调整)."""
