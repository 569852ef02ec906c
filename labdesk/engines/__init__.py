"""Where containers run: the ContainerService protocol, Docker, the simulated engine, hardening."""
