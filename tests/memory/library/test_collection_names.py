from pathlib import Path

import pytest
from biocopilot.memory.library.collection_names import collection_names, unknown_collection
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.writing import Origin


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.open(tmp_path / "library")
    for number, name in enumerate(("ACE papers", "Trials", "")):
        document = ReadDocument(About(title=f"Document {number}"), (Part(f"Text {number}.", "body"),), "text", 1)
        made.add_documents([document], Origin(f"made:{number}", f"{number}" * 64), name)
    return made


def test_the_largest_collection_is_first_and_documents_in_none_are_no_collection(library: Library) -> None:
    assert collection_names(library.catalogue) == ["biocopilot-notes", "ACE papers", "Trials"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, ""),
        ("", ""),
        ("Trials", ""),
        ("trials", "There is no collection 'trials'. Did you mean 'Trials'?"),
        ("ace paper", "There is no collection 'ace paper'. Did you mean 'ACE papers'?"),
        ("quokka", "There is no collection 'quokka'. There are: biocopilot-notes, ACE papers, Trials."),
    ],
)
def test_one_that_is_not_there_is_told_with_those_that_are(library: Library, name: str | None, said: str) -> None:
    assert unknown_collection(library.catalogue, name) == said
