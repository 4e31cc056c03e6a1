"""The questions that Open Targets is asked, in GraphQL; each asks for the data release beside what it wants.

The schema moves between releases: these fields are those of release 26.06. A field that is gone is refused by the
service with its name, and that refusal is what the user sees.
"""

from __future__ import annotations

__all__ = ["ASSOCIATIONS", "ASSOCIATIONS_WITH", "CANDIDATES", "SEARCH_DISEASES", "SEARCH_TARGETS", "TARGET"]

_META = "meta { dataVersion { year month iteration } }"

SEARCH_TARGETS = f"""
query SearchTargets($text: String!, $index: Int!, $size: Int!) {{
  {_META}
  search(queryString: $text, entityNames: ["target"], page: {{index: $index, size: $size}}) {{
    total
    hits {{ id entity object {{ ... on Target {{ id approvedSymbol approvedName proteinIds {{ id source }} }} }} }}
  }}
}}
"""

SEARCH_DISEASES = f"""
query SearchDiseases($text: String!, $index: Int!, $size: Int!) {{
  {_META}
  search(queryString: $text, entityNames: ["disease"], page: {{index: $index, size: $size}}) {{
    total
    hits {{ id entity name }}
  }}
}}
"""

TARGET = f"""
query Target($id: String!) {{
  {_META}
  target(ensemblId: $id) {{
    id approvedSymbol approvedName biotype
    proteinIds {{ id source }}
    tractability {{ label modality value }}
    safetyLiabilities {{
      event eventId datasource literature url
      effects {{ direction dosing }}
      biosamples {{ tissueLabel cellLabel }}
    }}
  }}
}}
"""

_ROWS = "count rows { score disease { id name } datatypeScores { id score } }"

ASSOCIATIONS = f"""
query Associations($id: String!, $index: Int!, $size: Int!) {{
  {_META}
  target(ensemblId: $id) {{ id associatedDiseases(page: {{index: $index, size: $size}}) {{ {_ROWS} }} }}
}}
"""

ASSOCIATIONS_WITH = f"""
query AssociationsWith($id: String!, $index: Int!, $size: Int!, $diseases: [String!]!) {{
  {_META}
  target(ensemblId: $id) {{
    id
    associatedDiseases(Bs: $diseases, page: {{index: $index, size: $size}}) {{ {_ROWS} }}
  }}
}}
"""

CANDIDATES = f"""
query Candidates($id: String!) {{
  {_META}
  target(ensemblId: $id) {{
    id
    drugAndClinicalCandidates {{
      count
      rows {{
        maxClinicalStage
        drug {{ id name drugType maximumClinicalStage }}
        diseases {{ diseaseFromSource disease {{ id name }} }}
        clinicalReports {{ id source clinicalStage trialOverallStatus url }}
      }}
    }}
  }}
}}
"""
