"""The documentation says what is there (文档与实物一致)."""
