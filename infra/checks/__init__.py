"""What can be said of the Bicep files without Azure and without its compiler: `python -m infra.checks`."""
