"""The visit: its state, how the state moves, and the rows that hold it."""
