"""Moving, backing up and erasing an organisation."""
