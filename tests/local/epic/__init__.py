"""Proofs of the Epic stand-in."""
