"""The pages and the code say the same."""
