"""Licences by their usual names."""

from __future__ import annotations

import pytest
from biocopilot.memory.articles.licences import licence_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cc by", "CC BY"),
        ("cc-by-nc-nd", "CC BY-NC-ND"),
        ("CC BY-NC 4.0", "CC BY-NC 4.0"),
        ("cc0", "CC0"),
        ("http://creativecommons.org/licenses/by/2.0", "CC BY 2.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/legalcode", "CC BY-NC-SA 3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://creativecommons.org/publicdomain/mark/1.0/", "Public Domain Mark 1.0"),
        (
            "This is an open-access article distributed under the terms of the Creative Commons Attribution License, "
            "which permits unrestricted use, distribution, and reproduction for commercial purposes too.",
            "CC BY",
        ),
        ("under the Creative Commons Attribution-NonCommercial-NoDerivs licence", "CC BY-NC-ND"),
        ("the Creative Commons Attribution Non-Commercial Share Alike 3.0 License", "CC BY-NC-SA"),
        ("made available under the Creative Commons CC0 public domain dedication", "CC0"),
        ("", ""),
        ("All rights reserved.", "All rights reserved."),
        ("accby", "accby"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert licence_name(text) == name


def test_an_unknown_licence_is_given_in_its_own_words_but_not_all_of_them() -> None:
    assert len(licence_name("words " * 500)) <= 200
