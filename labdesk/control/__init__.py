"""Machinery that knows no lab: clock, cache, watcher, work queue, controller, hosted services, metrics."""
