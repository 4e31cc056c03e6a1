from biocopilot.copilot.planner.frames import KINDS


def test_sources_are_told_with_release_and_licence(tell):
    source = {
        "name": "ChEMBL",
        "release": "36",
        "licence": "CC BY-SA 3.0",
        "counts": {"molecules": 10910, "activities": 0},
    }
    told = tell("data_status", "which data", {"sources": {"type": "sources", "sources": [source]}})
    assert told.sentences == ["ChEMBL, release 36 (CC BY-SA 3.0), with 10,910 molecules."]
    assert (told.status, told.unsupported()) == ("answered", [])


def test_help_lists_every_kind_that_can_be_asked(tell):
    told = tell("help", "help", {"sources": {"type": "sources", "sources": []}})
    listed = told.asides[-1]
    assert all((text in listed) is (kind not in ("help", "unsupported")) for kind, text in KINDS.items())


def test_what_cannot_be_answered_is_said_and_nothing_is_called(tell, plan):
    assert plan("unsupported") == []
    told = tell("unsupported", "dock it", {})
    assert (told.status, told.sentences) == ("unknown", [])
    assert told.asides[0].startswith("Nothing here can answer that.")


def test_what_biocopilot_does_not_do_is_answered_as_unknown(copilot):
    for question in (
        "How do I synthesise aspirin?",
        "What dose of warfarin should I take?",
        "Design primers for BRCA1",
    ):
        answer = copilot.ask(question)
        assert (answer.status, answer.claims, answer.tool_calls) == ("unknown", (), ())
