"""The deployment held against the code."""
