"""What evaluations count: choices, captions, retrieval, free answers and generated structures, as the papers count them.

Figures come from nltk and rouge-score where those give the reference's own; the rest is arithmetic on a page. Nothing here needs
torch. Captions: `captions.py` joins `tokens.py`, `bleu.py`, `rouge.py` and `meteor.py`. Choices: `choices.py`.
"""

from __future__ import annotations

from .captions import CaptionScores, caption_scores
from .choices import accuracy, macro_f1
from .intervals import Estimate, bootstrapped, wilson
from .retrieval import RetrievalScores, retrieval_scores, retrieval_scores_of_orders
from .tokens import CaptionTokens

__all__ = [
    "CaptionScores",
    "CaptionTokens",
    "Estimate",
    "RetrievalScores",
    "accuracy",
    "bootstrapped",
    "caption_scores",
    "macro_f1",
    "retrieval_scores",
    "retrieval_scores_of_orders",
    "wilson",
]
