"""The page of all results: one HTML file that needs neither a network nor a server."""
