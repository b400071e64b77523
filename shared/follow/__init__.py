"""Who is waiting, connected, gone: from Graph's events to the EHR."""
