"""Delegates: how models are painted."""
