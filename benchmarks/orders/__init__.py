"""An export of orders made up for measuring imports, and what is known of it without reading it."""
