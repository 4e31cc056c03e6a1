"""The words of a drug's name that say which salt, solvate or hydrate of it is meant."""

from __future__ import annotations

import re

__all__ = ["SALT_WORDS", "salt_words"]

SALT_WORDS = frozenset(
    """acetate anhydrous arginine benzathine benzoate besylate bisulfate bitartrate bromide calcium camsylate carbonate
    chloride citrate diethanolamine difumarate dihydrate dihydrochloride dimaleate dimeglumine dimesylate
    diolamine diphosphate dipotassium disodium disoproxil ditosylate edisylate epolamine erbumine estolate
    esylate ethanolamine ethanolate fumarate gluceptate gluconate glycinate hcl hemifumarate hemihydrate
    hexasodium hibenzate hippurate hyclate hydrobromide hydrochloride hydroxide iodide isethionate lactate
    lactobionate lysine magnesium malate maleate meglumine mesylate methylbromide methylsulfate monohydrate
    mononitrate monosodium mucate napsylate nitrate olamine oxalate pamoate phosphate pidolate potassium
    proxetil sesquihydrate sodium stearate succinate sulfate sulphate tannate tartrate terephthalate tetrasodium
    tosylate trifenatate trihydrate tromethamine xinafoate zinc""".split()
)


def salt_words(name: str) -> set[str]:
    """Those of them that the name has."""
    return {word for word in re.findall(r"[a-z]+", name.casefold()) if word in SALT_WORDS}
