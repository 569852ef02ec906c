"""What any resource is: metadata, spec and status, selectors, quantities, change and cloud events. Pure."""
