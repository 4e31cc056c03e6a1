"""What a finished run is written as, in its own folder: a report to read, tables to work on, evidence, methods and references.

Everything is made of `Finished` and the drawings of its molecules, holds no time of day but that of a live reply, and comes out
the same byte for byte when it is made again.
"""

from __future__ import annotations

from .failed import failed_lines
from .writing import FILES, write_outputs

__all__ = ["FILES", "failed_lines", "write_outputs"]
