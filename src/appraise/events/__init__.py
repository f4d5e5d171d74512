"""The event store: append, undo, versions; and the import that fills it."""
