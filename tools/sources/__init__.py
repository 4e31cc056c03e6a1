"""Live services behind the look-up tools: one transport, one client a service, typed records."""
