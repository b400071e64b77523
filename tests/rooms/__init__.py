"""Tests of shared/rooms."""
