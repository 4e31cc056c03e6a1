"""LaTeX in references as plain text."""

from __future__ import annotations

import pytest
from biocopilot.memory.library.reading.latex import unlatex


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"Erd{\H o}s, Erd\H{o}s", "Erdős, Erdős"),
        (
            r"{\'e}\'{e}\'e{\'{e}} {\"{o}}\"o \v{S}\v Z \c{c}\c c \~n \k{a} \r{u} \u{g} \=a \.z",
            "éééé öö ŠŽ çç ñ ą ů ğ ā ż",
        ),
        (r"{\'\i} \'{\i} \i", "í í ı"),
        (r"{\ss} \o{}re \aa{} {\L}ukasz \AE", "ß øre å Łukasz Æ"),
        (r"$\alpha$-helix, \textbeta{}-sheet, $\kappa_{B}$", "α-helix, β-sheet, κB"),
        (r"10$^{-6}$ M, $10^{3}$, $10^5$, 10\textsuperscript{-9}, Ca$^{2+}$", "10^-6 M, 10^3, 10^5, 10^-9, Ca2+"),
        (r"IC$_{50}$, H$_2$O, K\textsubscript{d}, $\mathrm{Na}^{+}$", "IC50, H2O, Kd, Na+"),
        (r"37$^\circ$C, 5~$\mu$m, $p < 0.05$, $\geq 5$, $\frac{1}{2}$", "37°C, 5 μm, p < 0.05, ≥5, 1/2"),
        (r"\textit{in vitro}, {\em in vivo}, \emph{E. coli}", "in vitro, in vivo, E. coli"),
        (r"5\,\% \& more \_ \# \$5 \{x\}", "5 % & more _ # $5 {x}"),
        (r"``quoted'', 1--10, a---b, Fig.~1", "“quoted”, 1–10, a—b, Fig. 1"),
        ("about ~50% costs $5 and $6, a_b, x^2", "about ~50% costs $5 and $6, a_b, x^2"),
        (r"\unknown{kept} words", "unknownkept words"),
        ("nothing to do", "nothing to do"),
    ],
)
def test_what_is_written_becomes_what_is_meant(written: str, meant: str) -> None:
    assert unlatex(written) == meant
