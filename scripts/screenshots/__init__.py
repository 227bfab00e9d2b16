"""Screenshots of each page, in Vietnamese, for the help: `python -m scripts.screenshots [NAME …]`."""
