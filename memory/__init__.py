"""Memory: records, errors, events, the run log and the local stores. Imports nothing else of ours."""
