"""Thin clients of the outside: storage, vault, Entra, Graph, Epic, SMS gateways. They know nothing of visits."""
