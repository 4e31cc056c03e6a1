"""Screens over the main one: help, sessions. Each gives back what was chosen, and changes nothing by itself."""

from __future__ import annotations
