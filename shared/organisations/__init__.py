"""Who uses the product and how it is set up: connections, approval, certificates, people, audit."""
