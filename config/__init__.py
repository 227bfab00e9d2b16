"""Settings and bandwidth profiles: pydantic models, loader, documented defaults."""
