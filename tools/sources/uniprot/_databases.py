"""The names by which UniProt's mapping service knows databases. Not every pair of them can be mapped: the service says so."""

from __future__ import annotations

__all__ = ["MAPPED_FROM", "MAPPED_TO"]

# As the service listed them in release 2022_05.
_BOTH = frozenset(
    """
    Allergome ArachnoServer Araport BioCyc BioGRID BioMuta CCDS CGD ChEMBL ChiTaRS CLAE CollecTF ComplexPortal
    ConoServer CPTAC CRC64 dictyBase DIP DisProt DMDM DNASU DrugBank EchoBASE eggNOG EMBL-GenBank-DDBJ
    EMBL-GenBank-DDBJ_CDS Ensembl Ensembl_Genomes Ensembl_Genomes_Protein Ensembl_Genomes_Transcript
    Ensembl_Protein Ensembl_Transcript ESTHER euHCVdb FlyBase Gene_Name GeneCards GeneID GeneReviews GeneTree
    GeneWiki GenomeRNAi GI_number GlyConnect GuidetoPHARMACOLOGY HGNC HOGENOM IDEAL KEGG LegioList Leproma
    MaizeGDB MEROPS MGI MIM neXtProt OMA OpenTargets Orphanet OrthoDB PATRIC PDB PeroxiBase PharmGKB PHI-base PIR
    PlantReactome PomBase ProteomicsDB PseudoCAP Reactome REBASE RefSeq_Nucleotide RefSeq_Protein RGD SGD STRING
    SwissLipids TCDB TreeFam TubercuList UCSC UniParc UniPathway UniRef100 UniRef50 UniRef90 VEuPathDB VGNC
    WBParaSite WBParaSite_Transcript-Protein World-2DPAGE WormBase WormBase_Protein WormBase_Transcript Xenbase
    ZFIN
    """.split()
)
MAPPED_FROM = _BOTH | {"UniProtKB_AC-ID"}
MAPPED_TO = _BOTH | {"UniProtKB", "UniProtKB-Swiss-Prot"}
