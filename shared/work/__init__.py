"""What must happen later: each visit's next moment, the alarms that hold it, the tick and the worker."""
