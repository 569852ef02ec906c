"""The Health page: metrics, heartbeats, engine and store."""
