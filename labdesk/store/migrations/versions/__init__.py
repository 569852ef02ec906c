"""One file a schema version; its revision id is the version with four digits."""
