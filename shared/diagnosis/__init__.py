"""The doctor: looks at a connection from end to end and says what is wrong, why, and what mends it."""
