"""Why officers are short, and what may lawfully be done about it (人员缺口与补救); issue 4."""
