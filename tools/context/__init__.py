"""What the world knows around a target: diseases, safety, trials, structures. Each module is one tool over live sources."""
