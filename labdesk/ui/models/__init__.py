"""Item models only: what views show, fed by the bridge."""
