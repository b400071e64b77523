"""The Teams meeting of a visit."""
