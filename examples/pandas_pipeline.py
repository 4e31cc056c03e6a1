"""A table of compounds in pandas: properties, alerts and known activities joined to it, each with the id of its evidence.

    pip install "biocopilot[parquet]" pandas

The chemistry of all rows is done by `triage`, half a thousand at a time in processes of their own, without a tool call a molecule;
tools are called only for what it chooses, and their records are the evidence. Here all bounds are open: it leaves out only what
cannot be read and what comes twice, and chooses everything, up to a thousand rows. What ChEMBL knows is asked of `selectivity`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from biocopilot.copilot import Copilot, workflows

COMPOUNDS = """name,smiles,our_ic50_nm
erlotinib,C#Cc1cccc(Nc2ncnc3cc(OCCOC)c(OCCOC)cc23)c1,2.1
gefitinib,COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1,30
anilide 7,O=C(Nc1ccccc1)c1ccc(F)cc1,12000
a quinone,O=C1C=CC(=O)C=C1,400
torn,C1CC(,
gefitinib again,COc1cc2ncnc(Nc3ccc(F)c(Cl)c3)c2cc1OCCCN1CCOCC1,28
"""

OPEN = {
    "most_weight": 5_000, "most_clogp": 50, "most_tpsa": 5_000, "most_hbd": 500, "most_hba": 500, "most_rotatable": 500,
    "most_sa": 10, "alerts": "none", "similarity": 1.0, "top": 1_000,
}  # fmt: skip
PROPERTIES = ["molecular_weight", "clogp", "tpsa", "hbd", "hba", "rotatable_bonds", "qed", "sa_score"]
ACTIVITY = ["target", "activity_type", "relation", "value_nm", "pchembl"]


def described(table: Path, folder: Path, copilot: Copilot) -> pd.DataFrame:
    """The table's rows with what is known of them; `evidence` names a record as FOLDER/ID, which stands in FOLDER/evidence.jsonl.

    Args:
        table: a CSV file with a column of SMILES.
        folder: where the two runs are kept; a run that was stopped is taken up again.
        copilot: whose stores are asked.
    """
    own = pd.read_csv(table)
    own.insert(0, "row", range(1, len(own) + 1))
    triage = {"file": str(table), **OPEN}
    workflows.run("triage", triage, out=folder / "triage", copilot=copilot, resume=(folder / "triage").exists())
    every = pd.read_csv(folder / "triage" / "triage_results.csv")
    rejected = pd.read_csv(folder / "triage" / "triage_rejects.csv")
    chosen = pd.read_csv(folder / "triage" / "results.csv")
    found = own.merge(every[["row", "inchikey", *PROPERTIES, "alerts", "known_as"]], on="row", how="left")
    found = found.merge(chosen[["row", "qed.evidence"]], on="row", how="left")
    found = found.merge(rejected[["row", "reason"]], on="row", how="left")
    found["properties_evidence"] = "triage/" + found.pop("qed.evidence")
    known = sorted(set(found["known_as"].dropna()))
    if not known:
        return found.assign(**dict.fromkeys([*ACTIVITY, "activity_evidence"]))
    return found.merge(activities(known, folder, copilot), on="known_as", how="left")


def activities(known: list[str], folder: Path, copilot: Copilot) -> pd.DataFrame:
    """The most potent measurement of each compound of ChEMBL."""
    out = folder / "selectivity"
    workflows.run("selectivity", {"compounds": known}, out=out, copilot=copilot, resume=out.exists())
    measured = pd.read_csv(out / "results.csv").sort_values("pchembl", ascending=False, kind="stable")
    best = measured.drop_duplicates("chembl_id").rename(columns={"chembl_id": "known_as"})
    best["activity_evidence"] = "selectivity/" + best["pchembl.evidence"]
    return best[["known_as", *ACTIVITY, "activity_evidence"]]


def main() -> None:
    """Describe the compounds of a file, or those above, and write the table as CSV and Parquet."""
    with TemporaryDirectory() as scratch, Copilot(planner="embedded", offline=True, log=False) as copilot:
        folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(scratch)
        table = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "compounds.csv"
        if len(sys.argv) < 2:
            table.write_text(COMPOUNDS, "utf-8")
        found = described(table, folder, copilot)
        found.to_csv(folder / "described.csv", index=False)
        found.to_parquet(folder / "described.parquet", index=False)
        shown = ["name", "qed", "alerts", "properties_evidence", "target", "value_nm", "activity_evidence", "reason"]
        print(found[shown].to_string(index=False, max_colwidth=40))


if __name__ == "__main__":
    main()
