"""Model: BioMedGPT-10B and its parts will stand here (issue 5); nothing here is imported unless a model is asked for."""
