"""STRING live: `StringLive` (live.py) asks for the partners of a human protein, `Partner` (partner.py) comes in `Found`."""

from __future__ import annotations

from .live import MOST_PARTNERS, Network, StringLive
from .partner import CHANNELS, Partner, StringProtein

__all__ = ["CHANNELS", "MOST_PARTNERS", "Network", "Partner", "StringLive", "StringProtein"]
