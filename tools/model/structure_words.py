"""Words for parts of a structure, each with a pattern that must match where the word is true of a molecule.

A word is checked only where the field agrees on what it means, and by the widest pattern that it is used for: what is
struck for it is wrong by any definition. So this is no list of groups to search for (`chemistry/engine/groups.py` is).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..chemistry.engine.groups import GROUPS

__all__ = ["WORDS", "StructureWord"]


@dataclass(frozen=True)
class StructureWord:
    """A word that a text may use of a molecule.

    Args:
        key: what a record calls it.
        words: how texts write it, as a regular expression.
        smarts: patterns of which one must match.
        meaning: what it means, for the reason why a sentence was struck.
    """

    key: str
    words: str
    smarts: tuple[str, ...]
    meaning: str = ""


def _group(key: str, words: str = "", *wider: str, meaning: str = "") -> StructureWord:
    """A word for a functional group, with patterns beside the group's own."""
    return StructureWord(key, words or rf"{key}s?", (GROUPS[key][0], *wider), meaning)


_ARYL_C3_ARYL = "c1ccccc1-[#6]~[#6]~[#6]~c1ccccc1"
_ARYL_ON_THE_MIDDLE = "c1ccccc1-[#6](~[#6])~[#6]~c1ccccc1"  # as in isoflavones

WORDS: tuple[StructureWord, ...] = (
    StructureWord("primary alcohol", r"primary alcohols?", ("[OX2H][CX4H2,CX4H3]",)),
    StructureWord("secondary alcohol", r"secondary alcohols?", ("[OX2H][CX4H1]",)),
    StructureWord("tertiary alcohol", r"tertiary alcohols?", ("[OX2H][CX4H0]",)),
    StructureWord("alcohol", r"(?:poly|di|tri)?(?:ol|alcohol)s?", ("[OX2H][CX4]",), "a hydroxyl on a saturated carbon"),
    StructureWord(
        "phenol", r"(?:poly)?phenols?|phenolic compounds?", ("[OX2H,OX1-][c]",), "a hydroxyl on an aromatic ring"
    ),
    StructureWord(
        "hydroxyl", r"hydroxyl?(?: groups?| substituents?)", ("[OX2H]", "[OX1-][#6]", "[#7H1,#7H2]~[#6]=[#8]")
    ),
    StructureWord(
        "fatty acid",
        r"fatty acids?",
        ("[CX3](=O)([OX2H1,OX1-])~[#6;A]~[#6;A]~[#6;A]",),
        "a carboxyl group on a carbon chain",
    ),
    StructureWord(
        "amino acid",
        r"(?:alpha-|α-|beta-|β-|L-|D-)?amino acids?",
        ("[#7].[CX3](=O)[OX2H1,OX1-]",),
        "an amine and a carboxyl group",
    ),
    StructureWord(
        "carboxylic acid",
        r"(?:mono|di|tri|oxo|hydroxy)*carboxylic acids?|carboxyl?(?:ate)? groups?|carboxylates?",
        ("[CX3](=O)[OX2H1,OX1-]",),
    ),
    StructureWord("lactone", r"lactones?", (GROUPS["lactone"][0], "[#8r]~[#6r]=[#8]")),
    StructureWord(
        "ester",
        r"(?:carboxylic |methyl |ethyl |carboxylate |acetate )?esters?(?: groups?)?",
        (
            "[#6,#15,#16,#7,#14,#5](=[#8,#16])[OX2H0]",
            "[#6,#15,#16](=[#7,#8,#16])[#16X2][#6]",
            "[#5][OX2][#6]",
            "[#15,#16,#7][OX2][#6]",
        ),
    ),
    _group("lactam", r"(?:\w+-)?lactams?", "[#7r]~[#6r]=[#8]"),
    StructureWord("amide", r"(?:carbox|mono|di)?amides?(?: groups?| bonds?)?", ("[#7][#6,#15,#16](=[#8,#16])",)),
    _group("urea", r"ureas?|urea groups?", "[#7][#6](=[#8])[#7]"),
    _group("carbamate", r"carbamates?(?: esters?)?", "[#7][#6](=[#8])[#8]"),
    StructureWord("aldehyde", r"aldehydes?(?: groups?)?", ("[CX3;H1,H2]=[OX1]", "[#6]=[CX3H1][OX2H]")),
    StructureWord(
        "ketone",
        r"(?:aromatic |cyclic |di|tri|aryl )?ketones?(?: groups?)?",
        ("[#6][CX3](=[OX1])[#6]", "[#6r](=[OX1])"),
    ),
    StructureWord(
        "ether",
        r"(?:aromatic |cyclic |methyl |di|poly)?ethers?(?: groups?)?",
        (GROUPS["ether"][0], "[#8X2;a]", "[#6][OX2][#14,#7]"),
    ),
    StructureWord("epoxide", r"epoxides?", ("[OX2r3]",)),
    StructureWord("thiol", r"thiols?(?: groups?)?", ("[#16;H1]", "[SX1-]", "[#16]=[#6]")),
    StructureWord(
        "organic sulfide", r"(?:organic |aryl |alkyl )sulfides?|thioethers?", ("[#16X2]([#6])[#6]", "[#16;a]")
    ),
    StructureWord("sulfoxide", r"sulfoxides?", ("[#16X3]~[#8]",)),
    StructureWord("sulfone", r"sulfones?", ("[#16X4](~[#8])(~[#8])([#6])[#6]",)),
    StructureWord(
        "sulfonamide",
        r"(?:benzene)?sul(?:f|ph)onamides?(?: groups?)?",
        ("[#16X4](~[#8])(~[#8])[#7]",),
        "a nitrogen on an SO2 group",
    ),
    StructureWord("sulfonic acid", r"sul(?:f|ph)onic acids?", ("[#16X4](~[#8])(~[#8])~[OX2H,OX1-]",)),
    StructureWord(
        "nitro",
        r"nitro(?: groups?| compounds?| substituents?)|C-nitro compounds?|nitrobenzenes?",
        ("[#7](~[OX1])~[OX1]",),
    ),
    StructureWord("nitrile", r"nitriles?(?: groups?)?|cyano groups?", ("[CX2]#[NX1]",)),
    StructureWord("azide", r"azid(?:e|o)(?: groups?)?s?", ("[#7]~[#7]~[#7]",)),
    StructureWord(
        "primary amine", r"primary (?:aliphatic |aromatic )?amin(?:es?|o compounds?)", (GROUPS["primary amine"][0],)
    ),
    StructureWord("secondary amine", r"secondary amin(?:es?|o compounds?)", (GROUPS["secondary amine"][0], "[nX3H1]")),
    StructureWord(
        "tertiary amine", r"tertiary amin(?:es?|o compounds?)", (GROUPS["tertiary amine"][0], "[nX3H0]([#6])([#6])[#6]")
    ),
    StructureWord(
        "amine",
        r"amines?(?: groups?)?|amino compounds?",
        (GROUPS["amine"][0], "[#7;!$([#7][#6](=[#8,#16]));!$([#7]=*);!$([#7]#*);X3,X4]"),
        "a nitrogen on carbon that is no amide's",
    ),
    StructureWord("amino group", r"amino groups?|amino substituents?", ("[#7;X3,X4]",)),
    StructureWord(
        "quaternary ammonium",
        r"quaternary ammonium (?:ions?|salts?|compounds?)",
        ("[NX4+]([#6])([#6])([#6])[#6]", "[#7+;a][#6]"),
    ),
    StructureWord("alkene", r"alkenes?|olefins?(?:ic compounds?)?", ("[CX3]=[CX3]",)),
    StructureWord("alkyne", r"alkynes?|acetylenic compounds?", ("[CX2]#[CX2]",)),
    StructureWord(
        "organofluorine",
        r"organofluorine compounds?|fluorine(?: atoms?| substituents?)?|(?:mono|di|tri)?fluorobenzenes?|trifluoromethyl groups?"
        r"|fluoro (?:groups?|substituents?)",
        ("[F]",),
    ),
    StructureWord(
        "organochlorine",
        r"organochlorine compounds?|chlorine(?: atoms?| substituents?)?|(?:mono|di|tri)?chlorobenzenes?|chloro (?:groups?|substituents?)",
        ("[Cl]",),
    ),
    StructureWord(
        "organobromine",
        r"organobromine compounds?|bromine(?: atoms?| substituents?)?|bromobenzenes?|bromo (?:groups?|substituents?)",
        ("[Br]",),
    ),
    StructureWord(
        "organoiodine",
        r"organoiodine compounds?|iodine(?: atoms?| substituents?)?|iodobenzenes?|iodo (?:groups?|substituents?)",
        ("[I]",),
    ),
    StructureWord(
        "halogen", r"(?:organo)?halogen(?: compounds?| atoms?| substituents?|s)?|organohalogens?", ("[F,Cl,Br,I]",)
    ),
    StructureWord("phosphate", r"phosphates?(?: groups?| esters?)?", ("[#15](~[#8])(~[#8])(~[#8])",)),
    StructureWord("boronic acid", r"boronic acids?", ("[#5]([#8])[#8]",)),
    StructureWord(
        "aromatic ring", r"aromatic (?:ring|system|compound|moiety|core|group)s?|aromatic hydrocarbons?|arenes?", ("a",)
    ),
    StructureWord(
        "benzene", r"(?:benzene|phenyl)(?: rings?| groups?| moiet(?:y|ies))|benzenes|benzenoid", ("c1ccccc1",)
    ),
    StructureWord(
        "heterocycle",
        r"(?:organic )?hetero(?:mono|bi|tri|tetra|poly)?cycl(?:e|es|ic compounds?)",
        ("[!#6;r]",),
        "a ring with an atom other than carbon",
    ),
    StructureWord(
        "steroid",
        r"(?:\d+(?:α|beta|alpha|β)?-hydroxy |oxo )?(?:steroids?|sterols?)",
        (GROUPS["steroid"][0],),
        "four fused carbon rings",
    ),
    StructureWord(
        "flavonoid",
        r"(?:iso|bi)?flav(?:onoid|one|anone|anol|onol|an)s?",
        (_ARYL_C3_ARYL, _ARYL_ON_THE_MIDDLE),
        "two aromatic rings joined by three carbons",
    ),
    StructureWord(
        "chalcone", r"chalcones?", ("[c]~[CX3](=O)~[#6]~[#6]~[c]",), "two aromatic rings joined by a propenone"
    ),
    StructureWord(
        "peptide",
        r"(?:oligo|poly|di|tri|tetra|penta|cyclic |linear )*peptides?",
        (
            "[#7][CX4][#6](=[#8])[#7][CX4]",
            "[#7][CX4][CX4][#6](=[#8])[#7][CX4]",
            "[#7][CX4][CX4][CX4][#6](=[#8])[#7][CX4]",
        ),
        "amino acids joined by an amide bond",
    ),
    StructureWord("alkaloid", r"(?:\w+ )?alkaloids?", ("[#7]",), "a nitrogen"),
    StructureWord(
        "glycoside",
        r"(?:\w+-)?glyco(?:side|syl compound)s?|(?:gluc|galact)osides?",
        ("[CX4;r5,r6]([#8;r5,r6])[#8,#7,#16,#6]",),
        "a sugar ring",
    ),
    *(
        StructureWord(name, rf"{name}(?: rings?| moiet(?:y|ies)| cores?|s)?", (GROUPS[name][0], *wider))
        for name, wider in {
            "pyridine": ("[#7r6]1~[#6]~[#6]~[#6]~[#6]~[#6]1",),
            "pyrimidine": ("[#6]1~[#7]~[#6]~[#7]~[#6]~[#6]1",),
            "indole": ("c1ccc2[#7]~[#6]~[#6]c2c1",),
            "quinoline": ("c1ccc2[#7]~[#6]~[#6]~[#6]c2c1",),
            "imidazole": ("[#6]1~[#7]~[#6]~[#7]~[#6]1",),
            "thiophene": ("[#16]1~[#6]~[#6]~[#6]~[#6]1",),
            "furan": ("[#8]1~[#6]~[#6]~[#6]~[#6]1",),
            "piperidine": ("[#7]1~[#6]~[#6]~[#6]~[#6]~[#6]1",),
            "piperazine": ("[#7]1~[#6]~[#6]~[#7]~[#6]~[#6]1",),
            "morpholine": ("[#7]1~[#6]~[#6]~[#8]~[#6]~[#6]1",),
            "pyrrolidine": ("[#7]1~[#6]~[#6]~[#6]~[#6]1",),
            "purine": ("[#6]1~[#7]~[#6]~[#6]2~[#7]~[#6]~[#7]~[#6]2~[#7]1",),
            "coumarin": ("[#8]=[#6]1[#8]c2ccccc2~[#6]~[#6]1",),
            "naphthalene": (),
            "pyrazole": ("[#6]1~[#6]~[#7]~[#7]~[#6]1",),
            "thiazole": ("[#6]1~[#16]~[#6]~[#6]~[#7]1",),
            "tetrazole": ("[#6]1~[#7]~[#7]~[#7]~[#7]1",),
        }.items()
    ),
)
"""Longer words before the shorter ones that they hold: what one word has taken is not read again."""
