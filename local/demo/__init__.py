"""The demo: one whole virtual visit on the local stack, each step said and checked as it passes."""
