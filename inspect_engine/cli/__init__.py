"""The command line of the bureau (命令行)."""
