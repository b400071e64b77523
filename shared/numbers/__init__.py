"""Phone numbers that texts come from: whose they are, their verification, and the purchase of a new one."""
