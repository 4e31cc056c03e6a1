import pytest
from biocopilot.memory.library.author_names import is_named


@pytest.mark.parametrize(
    "wanted", ["Müller", "muller", "MÜLLER", "Müller K", "K. Müller", "Müller, Karl", "Müller KF", "müller k f"]
)
@pytest.mark.parametrize("author", ["Müller KF", "Müller Karl F.", "K. F. Müller", "Müller K."])
def test_one_name_in_all_its_writings(author: str, wanted: str) -> None:
    assert is_named(author, wanted)


@pytest.mark.parametrize(
    ("author", "wanted"),
    [
        ("Barbara Laddomada", "Laddomada"),
        ("Barbara Laddomada", "Laddomada B"),
        ("Leppert Tami", "Leppert T"),
        ("O'Byrne PM", "O’Byrne"),
        ("O'Byrne PM", "OByrne"),
        ("Ørsted HC", "Orsted"),
        ("Masson-Delmotte Valerie", "Masson-Delmotte V"),
        ("van der Berg JJ", "van der Berg"),
        ("Traoré Mahamadou", "traore"),
        ("Wang", "Wang"),
        ("WHO Collaborating Group", "WHO Collaborating Group"),
    ],
)
def test_the_ways_of_sources(author: str, wanted: str) -> None:
    assert is_named(author, wanted)


@pytest.mark.parametrize(
    ("author", "wanted"),
    [
        ("Müller KF", "Müller J"),
        ("Müller KF", "Mülle"),
        ("Lee Joseph G. L.", "Joseph"),
        ("Leeming A", "Lee"),
        ("Berg JJ", "van der Berg"),
        ("Müller", "Müller K"),
        ("", "Lee"),
        ("Lee MS", " ."),
    ],
)
def test_others_are_told_apart(author: str, wanted: str) -> None:
    assert not is_named(author, wanted)
