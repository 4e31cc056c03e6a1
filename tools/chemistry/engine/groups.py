"""Functional groups by name: the project's own SMARTS, each with the names that chemists use for it.

A pattern means the group itself and not its look-alikes: an amide is no amine, a phenol no alcohol, a sulfonylurea no
plain sulfonamide. Where charge states differ (nitro, carboxylate) both are matched.
"""

from __future__ import annotations

from functools import cache

__all__ = ["GROUPS", "group_names", "smarts_of"]

_SULFONYL_N = "$([NX3][SX4](=O)=O)"

GROUPS: dict[str, tuple[str, ...]] = {
    # SMARTS first, then other names
    "carboxylic acid": ("[CX3](=O)[OX2H1,OX1-]", "carboxyl", "carboxylate", "cooh", "acid group", "carboxy group"),
    "ester": ("[#6][CX3](=O)[OX2H0][#6;!$([CX3]=[OX1,SX1,NX2])]", "carboxylic ester"),
    "lactone": ("[CX3;R](=O)[OX2;R][#6;R]", "cyclic ester"),
    "amide": ("[NX3;!$(N[#7,#8])][CX3](=[OX1])[#6,#1]", "carboxamide", "peptide bond"),
    "primary amide": ("[NX3H2][CX3](=[OX1])[#6,#1]",),
    "lactam": ("[NX3;R][CX3;R](=[OX1])[#6;R]", "cyclic amide"),
    "beta-lactam": ("[NX3;r4][CX3;r4](=[OX1])", "β-lactam", "b-lactam"),
    "imide": ("[CX3](=[OX1])[NX3][CX3](=[OX1])",),
    "urea": ("[NX3;!$(N[SX4](=O)=O)][CX3](=[OX1])[NX3;!$(N[SX4](=O)=O)]",),
    "thiourea": ("[NX3][CX3](=[SX1])[NX3]",),
    "carbamate": ("[NX3][CX3](=[OX1])[OX2H0]", "urethane"),
    "carbonate": ("[OX2H0][CX3](=[OX1])[OX2H0]",),
    "hydroxamic acid": ("[CX3](=[OX1])[NX3][OX2H1,OX1-]", "hydroxamate"),
    "hydrazide": ("[CX3](=[OX1])[NX3][NX3]", "acyl hydrazide"),
    "hydrazine": ("[NX3;!$(N[CX3]=[OX1]);!$(N=*)][NX3;!$(N[CX3]=[OX1]);!$(N=*)]",),
    "hydrazone": ("[CX3]=[NX2][NX3]",),
    "oxime": ("[CX3]=[NX2][OX2]",),
    "imine": ("[CX3;!$(C[#7,#8])]=[NX2;!$(N[#7,#8])]", "schiff base"),
    "amidine": ("[NX3;!$(N[#7,#8])][CX3;!$(C([#7])([#7])[#7])]=[NX2,NX3+]",),
    "guanidine": ("[NX3][CX3](=[NX2,NX3+])[NX3]",),
    "aldehyde": ("[CX3H1](=O)[#6,#1]", "formyl"),
    "ketone": ("[#6][CX3](=[OX1])[#6]",),
    "acyl halide": ("[CX3](=[OX1])[F,Cl,Br,I]", "acid chloride"),
    "anhydride": ("[CX3](=[OX1])[OX2][CX3](=[OX1])", "acid anhydride"),
    "alcohol": ("[OX2H][CX4;!$(C([OX2H])[OX2])]", "aliphatic hydroxyl"),
    "phenol": ("[OX2H,OX1-][c]",),
    "hydroxyl": ("[OX2H][#6;!$([CX3]=[OX1])]", "hydroxy", "oh group"),
    "ether": ("[OX2;!$(O[CX3]=[OX1,SX1,NX2])]([#6])[#6;!$([CX3]=[OX1,SX1,NX2])]",),
    "methoxy": ("[OX2]([CH3])[#6]", "methoxy group"),
    "epoxide": ("[OX2;r3]1[#6;r3][#6;r3]1", "oxirane"),
    "aziridine": ("[#7;r3]1[#6;r3][#6;r3]1",),
    "acetal": ("[CX4]([OX2][#6])[OX2][#6]", "ketal"),
    "peroxide": ("[OX2][OX2]", "endoperoxide"),
    "thiol": ("[SX2H,SX1-][#6]", "mercaptan", "sulfhydryl"),
    "thioether": ("[SX2]([#6])[#6]", "sulfide"),
    "disulfide": ("[SX2][SX2]",),
    "sulfoxide": ("[#6][$([SX3]=[OX1]),$([SX3+][OX1-])][#6]",),
    "sulfone": ("[#6][SX4](=[OX1])(=[OX1])[#6]",),
    "sulfonamide": ("[#6][SX4](=[OX1])(=[OX1])[NX3,NX2-;!$(N[CX3](=O)[NX3])]", "sulphonamide", "sulfonamid"),
    "sulfonylurea": ("[SX4](=[OX1])(=[OX1])[NX3,NX2-][CX3](=[OX1])[NX3]", "sulphonylurea"),
    "sulfamide": ("[NX3][SX4](=[OX1])(=[OX1])[NX3]",),
    "sulfonic acid": ("[SX4](=[OX1])(=[OX1])([#6])[OX2H,OX1-]", "sulfonate", "sulphonic acid"),
    "sulfate": ("[OX2][SX4](=[OX1])(=[OX1])[OX2H,OX1-]", "sulphate"),
    "phosphate": ("[PX4](=[OX1])([OX2,OX1-])([OX2,OX1-])[OX2,OX1-]",),
    "phosphonate": ("[#6][PX4](=[OX1])([OX2,OX1-])[OX2,OX1-]", "phosphonic acid"),
    "boronic acid": ("[#6][BX3]([OX2H,OX1-])[OX2H,OX1-]", "boronate"),
    "nitro": ("[$([NX3](=O)=O),$([NX3+](=O)[O-])][#6]", "nitro group"),
    "nitroso": ("[NX2](=[OX1])[#6,#7]",),
    "nitrile": ("[CX2]#[NX1]", "cyano"),
    "isocyanate": ("[NX2]=[CX2]=[OX1]",),
    "isothiocyanate": ("[NX2]=[CX2]=[SX1]",),
    "azide": ("[$([NX2-][NX2+]#[NX1]),$([NX2]=[NX2+]=[NX1-])]",),
    "azo": ("[#6][NX2]=[NX2][#6]",),
    "n-oxide": ("[$([#7+][OX1-]);!$([NX3+](=O)[O-])]", "amine oxide"),
    "primary amine": (f"[NX3H2,NX4H3+;!$(N[CX3]=[OX1,SX1,NX2,NX3+]);!{_SULFONYL_N};!$(N[#7,#8])][#6]",),
    "secondary amine": (
        f"[NX3H1,NX4H2+;!$(N[CX3]=[OX1,SX1,NX2,NX3+]);!{_SULFONYL_N};!$(N[#7,#8])]([#6])[#6]",
    ),
    "tertiary amine": (
        f"[NX3H0,NX4H1+;!$(N[CX3]=[OX1,SX1,NX2,NX3+]);!{_SULFONYL_N};!$(N[#7,#8]);!$(N~[!#6;!#1])]([#6])([#6])[#6]",
    ),
    "amine": (f"[NX3,NX4+;!$(N[CX3]=[OX1,SX1,NX2,NX3+]);!{_SULFONYL_N};!$(N[#7,#8]);!$(N=*)][#6]", "amino group"),
    "aniline": (f"[NX3;!$(N[CX3]=[OX1,SX1,NX2]);!{_SULFONYL_N};!$(N[#7,#8])][c]", "aromatic amine", "arylamine"),
    "quaternary ammonium": ("[NX4+;H0]([#6])([#6])([#6])[#6]", "quaternary amine"),
    "alkene": ("[CX3;!$(C=[!#6])]=[CX3]", "olefin", "carbon-carbon double bond"),
    "alkyne": ("[CX2]#[CX2]", "acetylene", "triple bond", "ethynyl"),
    "terminal alkyne": ("[CX2H]#[CX2]",),
    "michael acceptor": ("[CX3;!$(C[#7,#8])]=[CX3][$([CX3]=[OX1]),$([CX2]#[NX1]),$([NX3+](=O)[O-]),$([SX4](=O)=O)]", "enone"),
    "acrylamide": ("[CX3H2]=[CX3][CX3](=[OX1])[NX3]",),
    "halogen": ("[F,Cl,Br,I]", "halide", "halogen atom"),
    "fluorine": ("[F]", "fluoro", "fluorine atom"),
    "chlorine": ("[Cl]", "chloro", "chlorine atom"),
    "bromine": ("[Br]", "bromo"),
    "iodine": ("[I]", "iodo"),
    "aryl halide": ("[c][F,Cl,Br,I]", "haloarene"),
    "alkyl halide": ("[CX4][F,Cl,Br,I]", "haloalkane"),
    "trifluoromethyl": ("[CX4](F)(F)F", "cf3", "trifluoromethyl group"),
    "benzene": ("c1ccccc1", "phenyl", "benzene ring", "phenyl ring"),
    "pyridine": ("[n;r6;!$(n~[!#6;!#1])]1[c][c][c][c][c]1", "pyridine ring"),
    "pyrimidine": ("c1cncnc1",),
    "pyrazine": ("c1cnccn1",),
    "pyridazine": ("c1ccnnc1",),
    "pyrrole": ("[nX3]1cccc1",),
    "furan": ("o1cccc1",),
    "thiophene": ("s1cccc1",),
    "imidazole": ("c1cncn1",),
    "pyrazole": ("c1cnnc1",),
    "thiazole": ("c1cscn1",),
    "oxazole": ("c1cocn1",),
    "isoxazole": ("c1cnoc1",),
    "oxadiazole": ("[$(c1nnco1),$(c1ncno1)]",),
    "triazole": ("[$([#6]1[#7][#7][#7][#6]1),$([#6]1[#7][#6][#7][#7]1);a]",),
    "tetrazole": ("c1nnnn1", "tetrazolyl"),
    "indole": ("c1ccc2[nX3]ccc2c1",),
    "indazole": ("c1ccc2[n]ncc2c1",),
    "benzimidazole": ("c1ccc2ncnc2c1",),
    "quinoline": ("c1ccc2ncccc2c1",),
    "isoquinoline": ("c1ccc2cnccc2c1",),
    "quinazoline": ("c1ccc2ncncc2c1",),
    "purine": ("c1ncc2ncnc2n1",),
    "coumarin": ("O=c1ccc2ccccc2o1", "coumarin ring"),
    "chromone": ("O=c1ccoc2ccccc12",),
    "flavone": ("O=c1cc(-c2ccccc2)oc2ccccc12",),
    "benzofuran": ("c1ccc2occc2c1",),
    "benzothiophene": ("c1ccc2sccc2c1",),
    "benzothiazole": ("c1ccc2scnc2c1",),
    "benzoxazole": ("c1ccc2ocnc2c1",),
    "carbazole": ("c1ccc2c(c1)[nX3]c1ccccc12",),
    "phenothiazine": ("c1ccc2c(c1)[NX3]c1ccccc1S2",),
    "naphthalene": ("c1ccc2ccccc2c1",),
    "piperazine": ("[NX3,NX4+]1[CX4][CX4][NX3,NX4+][CX4][CX4]1",),
    "piperidine": ("[NX3,NX4+]1[CX4][CX4][CX4][CX4][CX4]1",),
    "pyrrolidine": ("[NX3,NX4+]1[CX4][CX4][CX4][CX4]1",),
    "morpholine": ("[NX3,NX4+]1[CX4][CX4][OX2][CX4][CX4]1",),
    "cyclopropyl": ("[CX4;r3]1[CX4;r3][CX4;r3]1", "cyclopropane"),
    "catechol": ("[OX2H][c]:[c][OX2H]",),
    "quinone": ("O=C1C=CC(=O)C=C1", "p-quinone", "benzoquinone"),
    "steroid": ("[#6]1~[#6]~[#6]~[#6]2~[#6](~[#6]1)~[#6]~[#6]~[#6]1~[#6]~2~[#6]~[#6]~[#6]2~[#6]~[#6]~[#6]~[#6]~1~2",),
}  # fmt: skip
"""Name → SMARTS and further names."""


@cache
def _index() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, (smarts, *others) in GROUPS.items():
        for word in (name, *others):
            found.setdefault(_key(word), smarts)
    return found


def _key(name: str) -> str:
    plain = " ".join(name.casefold().replace("_", " ").split())
    for ending in (" groups", " group", " moiety", " moieties", " rings", " ring"):
        plain = plain.removesuffix(ending)
    return plain.removesuffix("s") if plain.endswith("s") and not plain.endswith("ss") else plain


def smarts_of(name: str) -> str | None:
    """The SMARTS of a group by any of its names, singular or plural; None where there is none."""
    return _index().get(_key(name))


def group_names() -> list[str]:
    """Every group's first name."""
    return list(GROUPS)
