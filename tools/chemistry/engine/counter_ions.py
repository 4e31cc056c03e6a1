"""Counter-ions, solvents and metals by structure: what a salt or solvate is called after."""

from __future__ import annotations

from functools import cache

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

__all__ = ["COUNTER_IONS", "SOLVENTS", "binds_metal", "is_organic", "part_name", "uncharger"]

COUNTER_IONS = {
    "Cl": "hydrochloride", "[Cl-]": "chloride", "Br": "hydrobromide", "[Br-]": "bromide", "I": "hydroiodide", "[I-]": "iodide",
    "F": "hydrofluoride", "[F-]": "fluoride", "[Na+]": "sodium", "[K+]": "potassium", "[Li+]": "lithium", "[Ca+2]": "calcium",
    "[Mg+2]": "magnesium", "[Zn+2]": "zinc", "[Sr+2]": "strontium", "[Ag+]": "silver", "[Al+3]": "aluminium", "[Fe+2]": "iron(II)",
    "[Fe+3]": "iron(III)", "[Pt+2]": "platinum(II)", "[Bi+3]": "bismuth", "[OH-]": "hydroxide", "N": "ammonia", "[NH4+]": "ammonium",
    "CS(=O)(=O)O": "mesylate", "Cc1ccc(S(=O)(=O)O)cc1": "tosylate", "O=S(=O)(O)c1ccccc1": "besylate", "CCS(=O)(=O)O": "esylate",
    "O=S(=O)(O)CCS(=O)(=O)O": "edisylate", "O=S(=O)(O)CCO": "isethionate", "O=C(O)/C=C\\C(=O)O": "maleate", "O=C(O)/C=C/C(=O)O": "fumarate",
    "O=C(O)C(=O)O": "oxalate", "CC(=O)O": "acetate", "O=C(O)CCC(=O)O": "succinate", "O=C(O)CC(O)(CC(=O)O)C(=O)O": "citrate",
    "O=S(=O)(O)O": "sulfate", "O=P(O)(O)O": "phosphate", "O=C(O)C(F)(F)F": "trifluoroacetate", "O=[N+]([O-])O": "nitrate",
    "O=C(O)C(O)C(O)C(=O)O": "tartrate", "O=C(O)[C@H](O)[C@@H](O)C(=O)O": "tartrate", "O=C(O)[C@@H](O)[C@H](O)C(=O)O": "tartrate",
    "O=C(O)c1ccccc1": "benzoate", "O=C(O)c1ccccc1O": "salicylate", "CC(O)C(=O)O": "lactate", "C[C@H](O)C(=O)O": "lactate",
    "O=C(O)CC(O)C(=O)O": "malate", "O=C(O)C[C@H](O)C(=O)O": "malate", "O=C(O)O": "carbonate", "O=C([O-])[O-]": "carbonate",
    "O=CO": "formate", "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO": "meglumine", "NC(CO)(CO)CO": "tromethamine",
    "C[N+](C)(C)CCO": "choline", "NCCO": "ethanolamine", "OCCNCCO": "diolamine", "CC(C)(C)N": "erbumine",
    "NCCCC[C@H](N)C(=O)O": "lysine", "N=C(N)NCCC[C@H](N)C(=O)O": "arginine", "[O-][Cl+3]([O-])([O-])O": "perchlorate",
    "O=C(O)c1cc2ccccc2c(Cc2c(O)c(C(=O)O)cc3ccccc23)c1O": "pamoate", "O=C(O)c1ccc2ccccc2c1O": "xinafoate",
}  # fmt: skip
"""Names by canonical SMILES, acids uncharged."""

SOLVENTS = {
    "O": "water", "CO": "methanol", "CCO": "ethanol", "CC(C)O": "isopropanol", "CC(C)=O": "acetone", "C[S+](C)[O-]": "dimethyl sulfoxide",
    "CS(C)=O": "dimethyl sulfoxide", "CC#N": "acetonitrile", "ClCCl": "dichloromethane", "CCOC(C)=O": "ethyl acetate",
    "C1CCOC1": "tetrahydrofuran", "CC(O)CO": "propylene glycol", "C[C@H](O)CO": "propylene glycol", "CN(C)C=O": "dimethylformamide",
    "c1ccccc1": "benzene", "Cc1ccccc1": "toluene",
}  # fmt: skip
"""Solvents by canonical SMILES."""

# Carbon alone does not make a part organic.
_INORGANIC_CARBON = frozenset(
    (
        "O=C([O-])[O-]",
        "O=C([O-])O",
        "O=C(O)O",
        "O=C=O",
        "[C-]#[O+]",
        "[C-]#N",
        "C#N",
        "N#C[S-]",
        "N#CS",
        "N#C[O-]",
        "[C]",
    )
)
_MOST_ATOMS = 4
"""Of any of these."""
# Metals whose bonds are more than an ion's nearness; alkali and alkaline earth metals are ions however they are drawn.
_BINDING_METALS = frozenset((13, *range(21, 32), *range(39, 51), *range(57, 85), *range(89, 113))) - {51, 52, 84}


def binds_metal(molecule: Chem.Mol) -> str:
    """The symbol of a metal that has bonds of its own; empty where there is none."""
    for atom in molecule.GetAtoms():
        if atom.GetAtomicNum() in _BINDING_METALS and atom.GetDegree():
            return str(atom.GetSymbol())
    return ""


def is_organic(part: Chem.Mol) -> bool:
    """Whether a part is an organic molecule or ion: has carbon, and is no carbonate, cyanide or the like."""
    has_carbon = any(atom.GetAtomicNum() == 6 for atom in part.GetAtoms())
    return has_carbon and (part.GetNumAtoms() > _MOST_ATOMS or Chem.MolToSmiles(part) not in _INORGANIC_CARBON)


@cache
def uncharger() -> rdMolStandardize.Uncharger:
    """RDKit's, made once: it reads patterns when it is made."""
    return rdMolStandardize.Uncharger()


def part_name(part: Chem.Mol) -> str:
    """What chemists call a counter-ion or solvent, charged or not; empty where it has no such name."""
    smiles = Chem.MolToSmiles(part)
    if smiles in SOLVENTS or smiles in COUNTER_IONS:
        return SOLVENTS.get(smiles) or COUNTER_IONS[smiles]
    with rdBase.BlockLogs():
        return COUNTER_IONS.get(Chem.MolToSmiles(uncharger().uncharge(part)), "")
