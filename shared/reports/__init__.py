"""Facts about visits, without anyone's identity, and the reports made of them."""
