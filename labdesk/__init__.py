"""LabDesk: a desktop control panel that starts, watches and ends every student's lab container."""
