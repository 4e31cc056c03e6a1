from __future__ import annotations

from biocopilot.model.biomedgpt.conversation import CHEMISTRY, Conversation, Entity, Template

PLAIN = Template("Help. ")


def test_a_question_about_a_molecule_is_written_as_the_authors_write_it() -> None:
    conversation = Conversation(PLAIN)
    conversation.add(Entity.MOLECULE)
    conversation.ask("Please describe this molecule.")
    assert str(conversation.prompt()) == (
        "Help. ### Human: <molecule><moleculeHere></molecule> Please describe this molecule. ### Assistant: "
    )


def test_text_alone_has_no_gap() -> None:
    conversation = Conversation(PLAIN)
    conversation.ask("What is aspirin?")
    assert conversation.prompt().segments == ("Help. ### Human: What is aspirin? ### Assistant: ",)


def test_two_things_in_a_row_are_two_turns_and_the_question_joins_the_second() -> None:
    conversation = Conversation(PLAIN)
    conversation.add(Entity.MOLECULE)
    conversation.add(Entity.PROTEIN)
    conversation.ask("Does it bind?")
    assert str(conversation.prompt()) == (
        "Help. ### Human: <molecule><moleculeHere></molecule> ### "
        "Human: <protein><proteinHere></protein> Does it bind? ### Assistant: "
    )


def test_later_questions_open_turns_of_their_own() -> None:
    conversation = Conversation(PLAIN)
    conversation.add(Entity.MOLECULE)
    conversation.ask("What is it?")
    conversation.answer("An acid.")
    conversation.ask("Which?")
    assert str(conversation.prompt()) == (
        "Help. ### Human: <molecule><moleculeHere></molecule> What is it? ### Assistant: An acid. ### "
        "Human: Which? ### Assistant: "
    )
    assert str(conversation.unanswered()) == "Human: Which? ### Assistant: "


def test_a_placeholder_in_a_question_opens_no_gap() -> None:
    conversation = Conversation(PLAIN)
    conversation.add(Entity.MOLECULE)
    conversation.ask("What does <moleculeHere> or </molecule> mean?")
    conversation.answer("<proteinHere>")
    conversation.ask("So?")
    prompt = conversation.prompt()
    assert prompt.gaps == (Entity.MOLECULE,)
    assert prompt.segments[1].startswith("</molecule> What does <moleculeHere> or </molecule> mean? ###")


def test_authors_system_text_ends_in_a_space() -> None:
    assert CHEMISTRY.system.endswith("about it. ")
