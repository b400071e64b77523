"""What an operator does to a stamp from outside the app: back up, restore, move and erase an organisation."""
