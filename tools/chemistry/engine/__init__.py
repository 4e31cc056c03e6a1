"""Chemistry itself: pure functions over JSON-able values that run inside the worker process."""
