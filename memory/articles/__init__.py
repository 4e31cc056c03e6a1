"""Articles and how they are read from PubMed's XML and JATS: for replies of services and for files of one's own alike."""
