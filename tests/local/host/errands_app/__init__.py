"""An app whose hosts are ended and started again: slow errands from a queue, and timers that fire once a year."""
