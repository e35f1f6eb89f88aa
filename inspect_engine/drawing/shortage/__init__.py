"""Where officers are short (人员缺口): why, what may lawfully be done, and doing it."""
