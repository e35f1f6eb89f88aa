"""The double-random draw protocol, version 1 (双随机抽取协议): standard library only, so that a citizen can run it alone."""
