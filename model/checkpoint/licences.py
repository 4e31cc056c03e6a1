"""The terms under which the weights are given, in our words, with where they stand in full. Shown before anything is fetched."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LICENCES", "Licence"]


@dataclass(frozen=True)
class Licence:
    """Terms of others."""

    title: str
    about: str
    """What they mean for a user, in short; the full text holds."""
    url: str


LICENCES = {
    "llama-2": Licence(
        "Llama 2 Community License Agreement (Meta)",
        "The language model is made from Llama 2, so Meta's terms hold, whatever tag the repository bears. Above all: follow Meta's"
        " Acceptable Use Policy, do not improve other language models with it, pass the agreement on with the weights, and ask Meta"
        " for a licence if your products had more than 700 million monthly users when Llama 2 came out.",
        "https://ai.meta.com/llama/license/",
    ),
    "biomedgpt-use-policy": Licence(
        "BioMedGPT Acceptable Use Policy (PharMolix)",
        "The authors ask that the weights be used within one's own organisation, that no service to the general public in mainland"
        " China be built on them, and that nothing unlawful or harmful be made with them; they give no warranty. The repository's"
        " tag apache-2.0 cannot override Meta's terms.",
        "https://huggingface.co/PharMolix/BioMedGPT-LM-7B/blob/main/USE_POLICY.md",
    ),
    "esm-2": Licence(
        "ESM-2 (Meta), MIT License",
        "Free to use, change and pass on, with its notice.",
        "https://github.com/facebookresearch/esm/blob/main/LICENSE",
    ),
}
