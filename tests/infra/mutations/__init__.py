"""Shows that the tests which hold deployment and code together fail when one side changes alone."""
