"""Who may be sent where, and with what chance (执法人员选派): from the staffing check to exact weights."""
