"""Laws and known answers of the protocol."""
