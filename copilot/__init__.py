"""Copilot: the loop, the planners, the answers and the ways in."""
