"""The stand-in of Oracle Health, and our adapter against it."""
