"""What VisitBridge does, one room for each thing it does; `docs/architecture.md` has the map."""
