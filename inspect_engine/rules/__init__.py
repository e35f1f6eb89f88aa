"""Numbers of the law as versioned data files (规则库)."""
