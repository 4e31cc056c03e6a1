"""The words that name what is asked for: properties, rules, alert catalogues, activity types, enzymes, groups, aspects.

Not for names of molecules, targets and diseases, which come from the stores. A phrase is written in lower case with
single spaces for hyphens; a plural s on its last word need not be listed.

Aspects (values of `aspect` entities and of `Frame.aspects`) say which part of a record is asked for:
function, location, family, length, mass, disease, names, sequence, organism, ec, accession, gene, chembl_id, xref,
keywords, approved, year, phase, status, inchikey, smiles, inchi, formula, stereo, salt, target, action, scaffold, cas, molecule_type, bbb, gi, pi,
gravy, gc, instability, extinction, aromaticity, charge, longest, structure.
"""

from __future__ import annotations

import re
from functools import cache

from ...tools.chemistry.engine.groups import GROUPS
from .frames import EntityKind

__all__ = ["ENZYMES", "longest_phrase", "phrases", "term"]

_PROPERTIES = {
    "molecular_weight": "m w|molecularweight|molweight|molarmass|grams per mole|mol weights|weight in g mol|molecular weigth|mol mass in g mol|molecular weight|mol weight|mol wt|molwt|mol. wt|mw|mwt|molar mass|molecular mass|formula weight"
    "|average mass|average molecular weight|average molecular mass|avg mw|fw|weight|mass|mol mass|molar weight|relative molecular mass|weigh|lighter|bigger|larger|smaller|biggest|smallest|heavy|heavier|heaviest|lightest",
    "monoisotopic_mass": "monoisotopic mass|monoisotopic weight|monoisotopic molecular weight|monoisotopic molecular mass"
    "|mono isotopic mass|exact mass|exact molecular weight|exact mw|accurate mass|monoisotopic|hrms mass|monoisotopic mw",
    "formula": "molecular formula|chemical formula|sum formula|formula|elemental formula|brutto formula|elemental composition|empirical formula",
    "clogp": "clogp|logp|log p|c log p|clog p|c logp|alogp|slogp|wlogp|crippen logp|lipophilicity|lipophilic|octanol water partition coefficient"
    "|partition coefficient|logp value|hydrophobicity|calculated logp|crippen clogp|octanol water|greasy|greasiness|greasier|greasiest|hydrophobic|hydrophilic|lipophilicities",
    "tpsa": "tpsa|psa|topological polar surface area|polar surface area|topological psa|polar surface|polar area|t psa|polar|polarity",
    "hbd": "hydrogen bond donating group|h bond donating group|donating group|hydrogen bond donating atom|hydrogen donor group|hbd|hydrogen bond donor|h bond donor|hydrogen bonding donor|hb donor|hydrogen donor|donor|donor count|hbd count|h donor|nhoh count",
    "hba": "hydrogen bond accepting atom|hydrogen bond accepting group|h bond accepting atom|accepting atom|hydrogen acceptor atom|hba|hydrogen bond acceptor|h bond acceptor|hydrogen bonding acceptor|hb acceptor|hydrogen acceptor|acceptor|acceptor count|hba count"
    "|h acceptor",
    "rotatable_bonds": "rotatable bond|rotb|rot bond|rotatable bond count|rotors|rotor|nrotb|freely rotating bond|number of rotatable bonds|rotatables|rtb"
    "|rotable bond|torsions|flexible|flexibility|floppy",
    "rings": "ring|ring count|sssr|number of rings|ring system|nring",
    "aromatic_rings": "aromatic|aromatics|aromatic ring|aromatic ring count|arom ring|aryl ring|number of aromatic rings",
    "fsp3": "fsp³|fraction of saturated carbon|saturated carbon fraction|share of sp3 carbon|degree of saturation|carbon saturation|fsp3|f sp3|fraction sp3|fraction of sp3 carbons|sp3 fraction|fraction csp3|csp3 fraction|sp3 carbon fraction|fraction csp3|fcsp3"
    "|sp3 character|sp3 carbon|fraction of sp3 carbon|fraction of sp3|fraction of sp3 hybridised carbons|fraction of sp3 hybridized carbons"
    "|fraction of carbons that are sp3|saturation|sp3|sp3 content|percent sp3",
    "heavy_atoms": "atoms without hydrogen|atoms excluding hydrogen|atoms other than hydrogen|heavy atoms|heavy atom|heavy atom count|hac|non hydrogen atom|number of heavy atoms|nonhydrogen atom|atom count|number of atoms",
    "formal_charge": "formal charge|net charge|overall charge|net formal charge|total charge|charge",
    "qed": "qed|qed score|quantitative estimate of drug likeness|quantitative estimate of druglikeness|qed value|drug likeness score|druglikeness score"
    "|quantitative drug likeness",
    "sa_score": "sa score|sascore|synthetic accessibility|synthetic accessibility score|ease of synthesis|synthesisability|synthesizability"
    "|synthetic accessibility value|sa|sas|hard to make|difficult to make|easy to make|hard to synthesise|hard to synthesize|easy to synthesise"
    "|easy to synthesize|difficult to synthesise|difficult to synthesize|synthetically accessible|synthetic complexity|how hard to make",
    "molar_refractivity": "molar refractivity|refractivity|crippen mr|molar refraction|mr value",
    "stereocentres": "stereocentre|stereocenter|stereogenic centre|stereogenic center|chiral centre|chiral center|asymmetric carbon|chiral carbon"
    "|stereo centre|stereo center|number of stereocentres|asymmetric centre|asymmetric center",
}
_RULES = {
    "lipinski": "lipinski|lipinskis|lipinski rule|lipinski rules|lipinskis rule|rule of five|rule of 5|ro5|ro 5|lipinski rule of five|lipinski rule of 5"
    "|lipinski s rule of five|lipinski's rule of five|lipinski's rule of 5|lipinski's rule|lipinski's rules|pfizer rule|rule of fives|lipinski's"
    "|lipinski violation|ro5 violation|lipinskis rule of five|lipinskis rule of 5|pfizer's rule of five|lipinski criteria|lipinski's criteria",
    "veber": "veber|vebers|veber's rule|veber rule|veber's rules|veber rules|veber's|veber criteria|vebers rule",
    "egan": "egan|egan's rule|egan rule|egan's|egan filter|egan egg",
    "ghose": "ghose|ghose filter|ghose's filter|ghose rule|ghose's rule|ghose's|ghose criteria",
    "lead_like": "lead like|leadlike|lead likeness|leadlikeness|lead likeness rule|rule of three|rule of 3|ro3|lead like rule|fragment like",
}
_CATALOGUES = {
    "PAINS": "pains|pain assay interference|pan assay interference|pan assay interference compound|pains filter|pains alert|pains motif|pains hit"
    "|pains substructure|pan assay interference alert|assay interference",
    "BRENK": "brenk|brenk alert|brenk filter|brenk's alerts|brenk list|brenk's filter",
    "NIH": "nih alert|nih filter|nih list|nih mlsmr|nih catalogue|nih catalog|nih",
    "ZINC": "zinc filter|zinc alert|zinc druglike filter|zinc rules|zinc catalogue|zinc catalog",
    "CHEMBL": "chembl alert|chembl structural alert|glaxo alert|glaxo filter|chembl filter|bms alert|dundee alert|lint alert|surechembl alert|mlsmr alert"
    "|inpharmatica alert",
}
_ACTIVITIES = {
    "IC50": "ic50|pic50|pic50s|ic 50|half maximal inhibitory concentration|ic50 value|inhibitory concentration|ic50s",
    "Ki": "ki|pki|k i|inhibition constant|ki value|inhibitory constant|ki values",
    "Kd": "kd|pkd|k d|dissociation constant|kd value|binding constant",
    "EC50": "ec50|pec50|ec 50|half maximal effective concentration|ec50 value|effective concentration",
}
ENZYMES = (
    "AatII AccI AflII AgeI AluI ApaI ApaLI AscI AseI AvaI AvaII AvrII BamHI BanI BanII BbsI BclI BglI BglII BmtI BsaI BsmBI BspEI"
    " BspHI BsrGI BssHII BstBI BstEII BstXI ClaI DpnI DpnII DraI DraIII EagI EarI EcoNI EcoRI EcoRV FseI FspI HaeII HaeIII HhaI"
    " HincII HindIII HinfI HpaI HpaII KasI KpnI MboI MfeI MluI MscI MseI MspI NaeI NarI NciI NcoI NdeI NgoMIV NheI NotI NruI NsiI"
    " PacI PciI PmeI PmlI PstI PvuI PvuII RsaI SacI SacII SalI SapI Sau3AI SbfI ScaI SexAI SfiI SfoI SgrAI SmaI SmlI SnaBI SpeI SphI"
    " SspI StuI StyI SwaI TaqI TspEI Tth111I XbaI XcmI XhoI XmaI XmnI"
).split()
"""Restriction enzymes as Biopython spells them."""
_ASPECTS = {
    "function": "function|role|biological role|biological function|do in the cell|physiological role|what does|job|purpose",
    "location": "location|subcellular location|localisation|localization|subcellular localisation|subcellular localization|located|localised|localized"
    "|where is|where in the cell|compartment|cellular location|which compartment|found in the cell|where",
    "family": "family|protein family|superfamily|protein class|enzyme class|family does|belong to|target class|class of protein|kind of protein|type of protein",
    "length": "length|in aa|size in aa|longer|shorter|how long|in amino acids|amino acids|in residues|how big|number of residues|number of amino acids|amino acids long|residues|how many residues|how many amino acids|residue count|aa long"
    "|sequence length",
    "mass": "kda|molecular mass in kda|protein mass|daltons|dalton",
    "disease": "disease association|associated disease|diseases|disease|genetic disorder|linked to disease|disorders|pathology|implicated in|syndromes",
    "names": "synonyms|synonym|alias|aliases|other names|alternative names|also known as|aka|also called|alternative name|trade name|brand name|brand names|called"
    "|full name|stand for|other name",
    "sequence": "amino acid sequence|protein sequence|fasta|sequence",
    "organism": "organism|species|come from|organisms|organism of origin|source organism|which organism|which species",
    "ec": "ec number|ec code|enzyme commission number|enzyme commission",
    "accession": "uniprot accession|uniprot id|accession|uniprot ac|uniprot|swissprot|swiss prot|accession number|uniprot identifier|uniprotkb|uniprot entry"
    "|uniprot code|uniprot number|swiss prot accession",
    "gene": "gene|gene symbol|gene name|hgnc symbol|encoding gene|which gene|what gene",
    "chembl_id": "chembl id|chembl identifier|chembl target id|chembl target|chembl code|chembl compound id|chembl accession|chembl number|chembl ids|chemblid"
    "|chembl molecule id|chembl target identifier|target chembl id|molecule chembl id|chembl",
    "xref": "cross reference|cross references|xref|hgnc id|ensembl id|ensembl gene|pdb ids|database links",
    "keywords": "keywords|uniprot keywords",
    "approved": "approved|fda approved|licensed|on the market|marketed|authorised|authorized|approval|approved drug|fda approval|ema approved|market approval",
    "year": "what year|came first|approved first|older|newer|which year|when was|year of approval|approval year|first approval|first approved|first approval year|approval date|year approved"
    "|when did|year|since when|how old|date of approval|first launched|launched|launch year|in what year|in which year|earliest approval",
    "phase": "max phase|phase|clinical phase|maximum phase|highest phase|development phase|clinical stage|development stage|furthest phase",
    "status": "approval status|development status|regulatory status|clinical status|status",
    "inchikey": "inchikey|inchi key|inchi keys|inchikeys|hashed inchi|standard inchikey",
    "smiles": "smiles|smiles string|canonical smiles|isomeric smiles|smiles code",
    "inchi": "inchi|inchi string|standard inchi|iupac international chemical identifier",
    "structure": "structure|chemical structure",
    "stereo": "stereochemistry|stereo|chirality|chiral|enantiomer|racemic|racemate|stereochemical|undefined stereocentres|configuration|optically active",
    "salt": "salt|salt form|counterion|counter ion|free base|parent|parent compound|desalted|parent structure|free acid",
    "action": "action type|inhibitor or agonist|agonist or antagonist|agonist|antagonist|inhibitor or activator|type of action",
    "target": "molecular target|drug target|primary target|main target",
    "bbb": "bbb|blood brain barrier|brain penetrant|brain penetration|cns penetrant|cns penetration|brain|cns|brain permeable|bbb permeable|bbb penetrant"
    "|bbb permeability|brain exposure|blood brain|brain permeability|cns exposure|bbb permeation|central nervous system|brain permeation|central exposure",
    "gi": "gi absorption|gastrointestinal absorption|gut absorption|intestinal absorption|absorbed from the gut|gut|orally absorbed|oral absorption|gi"
    "|absorbed|hia|human intestinal absorption|intestine|intestinal|oral bioavailability|boiled egg gi|gi tract|gastrointestinal|orally bioavailable|orally available|oral availability|oral exposure",
    "pi": "isoelectric point|pi|isoelectric|iep|pi value|theoretical pi",
    "gravy": "gravy|grand average of hydropathy|grand average of hydropathicity|hydropathy|hydropathicity|gravy score|kyte doolittle",
    "instability": "instability index|instability|stable|unstable|protein stability index",
    "extinction": "extinction coefficient|molar extinction coefficient|a280|molar absorptivity|extinction|molar extinction|absorbance at 280",
    "aromaticity": "aromaticity",
    "gc": "gc content|gc|gc percentage|percent gc|gc percent|g c content|gc fraction|gc ratio|g c percentage|guanine cytosine content|cg content",
    "scaffold": "scaffold|murcko scaffold|bemis murcko scaffold|ring framework|framework|core structure|ring scaffold|murcko framework|molecular framework",
    "molecule_type": "small molecule|biologic|small molecule or biologic|modality|molecule type|monoclonal antibody|antibody",
    "cas": "cas|cas number|cas registry number|cas rn|cas no|pubchem cid|pubchem id|drugbank id|drugbank accession|unii|iupac name|systematic name",
    "longest": "longest orf|longest open reading frame|longest",
}  # fmt: skip

# Words that only sometimes are what they look like: as an `aspect` they say much, as a property too much.
_TABLES: tuple[tuple[EntityKind, dict[str, str]], ...] = (
    ("rule", _RULES),
    ("catalogue", _CATALOGUES),
    ("activity_type", _ACTIVITIES),
    ("property", _PROPERTIES),
    ("aspect", _ASPECTS),
)


@cache
def phrases() -> dict[str, tuple[EntityKind, str]]:
    """Phrase → what it is and its id. Rules win over catalogues, these over activity types, properties and aspects."""
    table: dict[str, tuple[EntityKind, str]] = {}
    for kind, entries in _TABLES:
        for value, listed in entries.items():
            for phrase in listed.split("|"):
                table.setdefault(_plain(phrase), (kind, value))
    for enzyme in ENZYMES:
        table.setdefault(enzyme.casefold(), ("enzyme", enzyme))
        table.setdefault(f"{enzyme[:3]} {enzyme[3:]}".casefold(), ("enzyme", enzyme))
        if enzyme.endswith("I"):
            stem = enzyme.rstrip("I")
            roman = enzyme[len(stem) :]
            table.setdefault(f"{stem} {roman}".casefold(), ("enzyme", enzyme))
            table.setdefault(f"{stem}{len(roman)}".casefold(), ("enzyme", enzyme))
    for name, (_, *others) in GROUPS.items():
        for phrase in (name, *others):
            table.setdefault(_plain(phrase), ("group", name))
            table.setdefault(f"{_plain(phrase)} group", ("group", name))
    return table


@cache
def longest_phrase() -> int:
    """Words in the longest phrase."""
    return max(phrase.count(" ") + 1 for phrase in phrases())


def term(phrase: str) -> tuple[EntityKind, str] | None:
    """What a phrase in plain form (lower case, single spaces, no hyphens) is, singular or plural."""
    table = phrases()
    found = table.get(phrase)
    if found is None and len(phrase) > 3 and phrase.endswith("s"):
        found = table.get(phrase[:-1]) or (table.get(phrase[:-2]) if phrase.endswith("es") else None)
    return found


def _plain(phrase: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", phrase.casefold().replace("β", "beta")))
