from __future__ import annotations

import pytest
from biocopilot.memory import errors as ours
from biocopilot.model import errors as theirs
from biocopilot.tools.model.failures import errors_of_the_model


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (theirs.UnsupportedChemistry, ours.InvalidStructure),
        (theirs.UnparsableMolecule, ours.InvalidStructure),
        (theirs.InvalidProtein, ours.InvalidSequence),
        (theirs.EmptyPrompt, ours.InvalidInput),
        (theirs.ContextOverflow, ours.LimitReached),
        (theirs.NotEnoughMemory, ours.ModelUnavailable),
        (theirs.CheckpointError, ours.ModelUnavailable),
    ],
)
def test_each_error_has_its_place_in_our_tree(
    raised: type[theirs.ModelError], told: type[ours.BiocopilotError]
) -> None:
    with pytest.raises(told) as caught, errors_of_the_model():
        raise raised("What happened.", "What mends it.")
    assert type(caught.value) is told
    assert (caught.value.message, caught.value.hint) == ("What happened.", "What mends it.")
    assert caught.value.title == raised.title


def test_a_missing_package_names_the_extra() -> None:
    with pytest.raises(ours.MissingExtra, match="torch"), errors_of_the_model():
        raise ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn")


@pytest.mark.parametrize("error", [ValueError("x"), ModuleNotFoundError("y", name="biocopilot.nothing")])
def test_errors_of_our_own_stay_what_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, errors_of_the_model():
        raise error
    assert caught.value is error
