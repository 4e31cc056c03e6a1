"""BioMedGPT-10B: a molecule encoder and a protein encoder, each joined by one linear layer to a Llama-2-7B.

`network.py` is the model, `answering.py` the conversation with it. In between: `molecule_graph.py` and `protein.py` make
the encoders' input, `conversation.py` the prompt, `splicing.py` puts embeddings where the prompt has placeholders,
`tokenizer.py` cuts text as the reference does. `golden.py` compares all of it with recorded vectors.
Nothing is imported here: torch and transformers are loaded by who asks for a model.
"""
