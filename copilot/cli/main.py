"""The console script. Opens the main path: here → commands.py → asking.py → `Copilot` (agent.py) → loop.py → the tools.

Nothing heavy is imported here, and a question's chemistry process is started before anything else, so that RDKit loads
while this process imports the rest.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...tools.workbench import Workbench

__all__ = ["main"]


def main() -> None:
    """Run the command line and exit the process with its code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that knows no µ shows a question mark, not a traceback
            stream.reconfigure(errors="replace")
    sys.exit(_flushed(_run(sys.argv[1:])))


def _run(arguments: list[str]) -> int:
    bench = None
    try:
        bench = _early_bench(arguments)
        from .commands import app

        app(arguments, obj=bench, prog_name="biocopilot")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1 if end.code else 0
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped.\n")
        return 130
    except Exception as error:
        from .failures import apologise, is_full, output_lost

        return output_lost(error) if is_full(error) else apologise(error)
    finally:
        if bench is not None:
            bench.close()
    return 0


def _early_bench(arguments: list[str]) -> Workbench | None:
    """A workbench whose chemistry process is already loading, where the command is a question."""
    if arguments[:1] != ["ask"] or {"-h", "--help"} & set(arguments) or len(arguments) < 2:
        return None
    from ...memory.errors import BiocopilotError
    from ...tools.workbench import Workbench

    bench = Workbench()
    try:
        bench.warm_up()
    except (OSError, BiocopilotError):  # told when the process is needed, if it is
        bench.close()
        return None
    return bench


def _flushed(code: int) -> int:
    """Write out what is buffered, here and not at interpreter exit, where a failure could not be explained."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from .failures import READER_LEFT, silence_stdout

        silence_stdout()
        return READER_LEFT
    except OSError as error:
        from .failures import output_lost

        return output_lost(error)
    return code


if __name__ == "__main__":
    main()
