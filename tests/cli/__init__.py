"""The command line, as people and programs use it (命令行)."""
