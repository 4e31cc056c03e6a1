"""Full sources kept on this machine: built once from the official files, registered, and asked before anything else.

`chembl_dump.build_chembl` and `swissprot.build_uniprot` build, `registry` says what there is and opens it, `download` fetches
the official files. Nothing here is imported before it is needed.
"""
