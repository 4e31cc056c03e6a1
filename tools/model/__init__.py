"""Tools whose answers a model writes: BioMedGPT-10B asked about molecules and proteins. Offered only where its weights are."""
