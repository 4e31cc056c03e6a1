-- The catalogue of a library: one SQLite file that holds documents, their text, their passages, the lexical index and the vectors.
-- It is the truth: whatever a vector store holds can be made again from it.
CREATE TABLE library (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE document (
  id TEXT PRIMARY KEY, collection TEXT NOT NULL,
  title TEXT NOT NULL, authors TEXT NOT NULL, year INTEGER, journal TEXT NOT NULL, doi TEXT NOT NULL, pmid TEXT NOT NULL,
  pmcid TEXT NOT NULL, licence TEXT NOT NULL, publication_types TEXT NOT NULL, keywords TEXT NOT NULL, language TEXT NOT NULL,
  retraction TEXT NOT NULL, standing TEXT NOT NULL, format TEXT NOT NULL, rank INTEGER NOT NULL, text_sha256 TEXT NOT NULL,
  notes TEXT NOT NULL, added_at TEXT NOT NULL);
CREATE INDEX document_year ON document(year);

-- pmid:…, doi:…, pmcid:…, title:…:year or text:… to the document that bears it.
CREATE TABLE document_key (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX document_key_document ON document_key(document);

-- Where a document was read; several files may hold one document. `is_text` marks the one whose text is kept.
CREATE TABLE source (
  document TEXT NOT NULL, path TEXT NOT NULL, member TEXT NOT NULL, entry INTEGER NOT NULL, sha256 TEXT NOT NULL,
  format TEXT NOT NULL, is_text INTEGER NOT NULL, PRIMARY KEY (document, path, member, entry)) WITHOUT ROWID;
CREATE INDEX source_path ON source(path, member);

-- Files that were read to their end, so that the same bytes are not read again.
CREATE TABLE file (
  sha256 TEXT NOT NULL, collection TEXT NOT NULL, reader TEXT NOT NULL, path TEXT NOT NULL, member TEXT NOT NULL,
  documents INTEGER NOT NULL, PRIMARY KEY (path, member, sha256, collection, reader)) WITHOUT ROWID;

CREATE TABLE part (
  document TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, page INTEGER, section TEXT NOT NULL, text TEXT NOT NULL,
  PRIMARY KEY (document, number)) WITHOUT ROWID;

-- `first` and `last` count characters of the part's text, the last one excluded.
CREATE TABLE passage (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, part INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL);
CREATE INDEX passage_document ON passage(document, seq);

-- Unit vectors, little-endian float32. One model for all, named in `library`; a passage without one waits for `reindex`.
CREATE TABLE vector (seq INTEGER PRIMARY KEY, value BLOB NOT NULL);

-- What the vector store has yet to be told: written in the transaction that changes passages, deleted when the store has it.
CREATE TABLE outbox (seq INTEGER PRIMARY KEY, action TEXT NOT NULL CHECK (action IN ('add', 'remove')));

-- rowid is passage.seq. `context` is the title and the section.
CREATE VIRTUAL TABLE words USING fts5(text, context, tokenize = "porter unicode61 remove_diacritics 2");
