"""How well an insider could foretell a draw (可预测性), and how often it repeats itself."""
