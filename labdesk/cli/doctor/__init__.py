"""`labdesk doctor`: what this computer has of what LabDesk needs, in words."""
