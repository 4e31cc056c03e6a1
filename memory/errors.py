"""The one error tree. Catch `BiocopilotError` and show `title`, `message` and `hint`.

    BiocopilotError                 anything this program raises on purpose
    ├── InvalidInput                what was given cannot be used                        exit 2
    │   ├── InvalidStructure        SMILES, InChI or SMARTS that chemistry refuses
    │   ├── InvalidSequence         not DNA, RNA or protein, or not the kind asked for
    │   ├── InvalidIdentifier       a ChEMBL id, accession, InChIKey of the wrong shape
    │   ├── InvalidQuantity         a missing, unknown or mixed unit
    │   ├── InvalidArguments        a tool called with arguments that its model refuses
    │   ├── UnknownTool             no tool of that name
    │   ├── FileRefused             a file not named by the user, of a wrong kind, or too large
    │   └── InvalidSetting          a setting or environment variable out of range
    ├── NotFound                    looked for, and not in this source                   exit 4
    │   ├── Ambiguous               several things bear this name
    │   ├── RunNotFound             no run of that id in the run log
    │   └── SessionNotFound         no session of that name in the run log
    ├── LimitReached                a bound was met before the work was done             exit 3
    │   └── DeadlineExceeded        a tool ran past its seconds and was stopped
    ├── Unavailable                 a source, model or worker cannot answer now          exit 5
    │   ├── SourceUnavailable       a database or service
    │   │   ├── BadReply            it answered with something other than what it documents
    │   │   ├── RateLimited         it asks to be left alone for longer than there is time
    │   │   └── HostRefused         an address that is none of the services known here
    │   ├── ModelUnavailable        a planner's model is not installed or not reachable
    │   ├── OfflineRefused          the network is needed, and was forbidden
    │   ├── MissingExtra            an optional package is not installed
    │   └── WorkerDied              the chemistry worker process ended during a call
    ├── NotApproved                 a tool that writes was not allowed to                 exit 3
    ├── StorageError                the user's data folder cannot be read or written      exit 5
    │   └── CorruptRunLog           the run log is damaged
    ├── VerificationFailed          a finished run's claim no longer holds               exit 6
    └── Cancelled                   the user stopped the run                             exit 130

Not for: a program error of ours, which stays what Python raised.
"""

from __future__ import annotations

__all__ = [
    "Ambiguous",
    "BadReply",
    "BiocopilotError",
    "Cancelled",
    "CorruptRunLog",
    "DeadlineExceeded",
    "FileRefused",
    "HostRefused",
    "InvalidArguments",
    "InvalidIdentifier",
    "InvalidInput",
    "InvalidQuantity",
    "InvalidSequence",
    "InvalidSetting",
    "InvalidStructure",
    "LimitReached",
    "MissingExtra",
    "ModelUnavailable",
    "NotApproved",
    "NotFound",
    "OfflineRefused",
    "RateLimited",
    "RunNotFound",
    "SessionNotFound",
    "SourceUnavailable",
    "StorageError",
    "Unavailable",
    "UnknownTool",
    "VerificationFailed",
    "WorkerDied",
    "error_named",
]


class BiocopilotError(Exception):
    """Base of all errors raised on purpose.

    Args:
        message: what happened, in a sentence that a chemist understands.
        hint: what mends it, a command where there is one; empty where nothing does.
    """

    title = "Something went wrong"
    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidInput(BiocopilotError):
    title = "That cannot be used"
    exit_code = 2


class InvalidStructure(InvalidInput):
    title = "Not a valid structure"


class InvalidSequence(InvalidInput):
    title = "Not a valid sequence"


class InvalidIdentifier(InvalidInput):
    title = "Not a valid identifier"


class InvalidQuantity(InvalidInput):
    title = "Not a usable quantity"


class InvalidArguments(InvalidInput):
    title = "Wrong arguments"


class UnknownTool(InvalidInput):
    title = "No such tool"


class FileRefused(InvalidInput):
    title = "File refused"


class InvalidSetting(InvalidInput):
    title = "Wrong setting"


class NotFound(BiocopilotError):
    """Looked for and absent; `nearest` holds the names that come closest, best first."""

    title = "Not found"
    exit_code = 4

    def __init__(self, message: str, hint: str = "", nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.nearest = nearest


class Ambiguous(NotFound):
    """Several things bear the name; `nearest` holds them."""

    title = "More than one match"


class RunNotFound(NotFound):
    title = "No such run"


class SessionNotFound(NotFound):
    title = "No such session"


class LimitReached(BiocopilotError):
    title = "Limit reached"
    exit_code = 3


class DeadlineExceeded(LimitReached):
    title = "Out of time"


class NotApproved(BiocopilotError):
    title = "Not approved"
    exit_code = 3


class Unavailable(BiocopilotError):
    title = "Not available now"
    exit_code = 5


class SourceUnavailable(Unavailable):
    title = "Source not available"


class BadReply(SourceUnavailable):
    title = "Reply not understood"


class RateLimited(SourceUnavailable):
    title = "Asked too often"


class HostRefused(SourceUnavailable):
    title = "Address refused"


class ModelUnavailable(Unavailable):
    title = "Model not available"


class OfflineRefused(Unavailable):
    """Its hint names both ways in which the network is forbidden, since whoever raises it does not know by which it was."""

    title = "Refused: offline"
    ALLOW = "Allow the network: leave out --offline, or turn the setting offline off (BIOCOPILOT_OFFLINE=false)."

    def __init__(self, message: str, hint: str = ALLOW) -> None:
        super().__init__(message, hint)


class MissingExtra(Unavailable):
    title = "Optional package missing"


class WorkerDied(Unavailable):
    title = "Chemistry worker stopped"


class StorageError(BiocopilotError):
    title = "Data folder trouble"
    exit_code = 5


class CorruptRunLog(StorageError):
    title = "Run log damaged"


class VerificationFailed(BiocopilotError):
    title = "Verification failed"
    exit_code = 6


class Cancelled(BiocopilotError):
    title = "Cancelled"
    exit_code = 130


def _tree(root: type[BiocopilotError]) -> dict[str, type[BiocopilotError]]:
    found = {root.__name__: root}
    for child in root.__subclasses__():
        found.update(_tree(child))
    return found


def error_named(name: str, message: str, hint: str = "", nearest: tuple[str, ...] = ()) -> BiocopilotError:
    """Rebuild an error that crossed a process border as its class name and texts."""
    kind = _tree(BiocopilotError).get(name, BiocopilotError)
    if issubclass(kind, NotFound):
        return kind(message, hint, nearest)
    return kind(message, hint)
