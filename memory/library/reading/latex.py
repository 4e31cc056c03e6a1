"""LaTeX as it stands in BibTeX, as plain text: accents, symbols, Greek, powers. Not for documents in LaTeX.

What is no LaTeX stays: many programs write `~50 %` or `$5` into a .bib file without escaping it.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["unlatex"]

_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304", ".": "\u0307", "u": "\u0306",
    "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "d": "\u0323", "b": "\u0331", "r": "\u030a",
}  # fmt: skip
_ACCENT = re.compile(
    r"""\\(?:([`'^~"=.])\s*|([uvHckdbr])(?:\s+|(?=\{|\\)))(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])\s*|([A-Za-z]))"""
)
_SYMBOLS = dict(
    pair.split("=", 1)
    for pair in (
        "ss=ß ae=æ AE=Æ oe=œ OE=Œ o=ø O=Ø l=ł L=Ł aa=å AA=Å i=ı j=ȷ dh=ð DH=Ð th=þ TH=Þ dj=đ DJ=Đ "
        "alpha=α beta=β gamma=γ delta=δ epsilon=ε varepsilon=ε zeta=ζ eta=η theta=θ vartheta=ϑ iota=ι kappa=κ lambda=λ mu=μ nu=ν "
        "xi=ξ pi=π rho=ρ sigma=σ varsigma=ς tau=τ upsilon=υ phi=φ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ Lambda=Λ "
        "Xi=Ξ Pi=Π Sigma=Σ Upsilon=Υ Phi=Φ Psi=Ψ Omega=Ω pm=± mp=∓ times=× div=÷ cdot=· cdots=⋯ ldots=… dots=… textellipsis=… "
        "le=≤ leq=≤ leqslant=≤ ge=≥ geq=≥ geqslant=≥ ne=≠ neq=≠ approx=≈ sim=∼ simeq=≃ cong=≅ equiv=≡ propto=∝ ll=≪ gg=≫ lt=< "
        "gt=> infty=∞ partial=∂ nabla=∇ sum=∑ prod=∏ int=∫ in=∈ notin=∉ subset=⊂ cup=∪ cap=∩ forall=∀ exists=∃ to=→ "
        "rightarrow=→ leftarrow=← leftrightarrow=↔ Rightarrow=⇒ uparrow=↑ downarrow=↓ longrightarrow=⟶ circ=° degree=° "
        "textdegree=° celsius=℃ prime=′ ast=* star=⋆ bullet=• dagger=† dag=† ddagger=‡ S=§ P=¶ pounds=£ texteuro=€ euro=€ "
        "textregistered=® texttrademark=™ copyright=© textcopyright=© textmu=μ micro=µ textalpha=α textbeta=β textgamma=γ "
        "textdelta=δ textkappa=κ textlambda=λ textomega=ω textendash=– textemdash=— textquoteleft=‘ textquoteright=’ "
        "textquotedblleft=“ textquotedblright=” textquotesingle=' textbackslash=\\ textasciitilde=~ textasciicircum=^ "
        "textless=< textgreater=> textbar=| textunderscore=_ textpm=± texttimes=× quad= qquad= hbar=ℏ ell=ℓ AR=Å"
    ).split()
)
_FORMATTING = frozenset(
    "emph textit textbf textrm textsf textsc texttt textup textsl textnormal text mathrm mathit mathbf mathsf mathcal mathbb mathtt "
    "mbox hbox ensuremath underline operatorname boldsymbol bm it bf rm sf sc tt em sl url href enspace textsubscript "
    "bar hat tilde vec dot ddot overline widehat widetilde big Big "
    "uppercase lowercase MakeUppercase noopsort left right displaystyle textstyle rlap hspace vspace nolinkurl relax protect"
    .split()
)  # fmt: skip
_COMMAND = re.compile(r"\\([A-Za-z]+)(\s*)")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_RAISED = re.compile(r"\\textsuperscript\s*\{([^{}]*)\}")
_MATH = re.compile(r"(?<!\\)\$([^$\n]{1,400}?)(?<!\\)\$|\\\((.{1,400}?)\\\)", re.DOTALL)
_IS_MATH = re.compile(r"[\\^_=<>{}]|^\s*[A-Za-z]\s*$")
_ESCAPED = re.compile(r"\\([%&#$_{}])")
_KEPT = {"{": "\ue000", "}": "\ue001", "$": "\ue002"}  # stand for escaped marks until the unescaped ones are gone


def unlatex(text: str) -> str:
    """`Erd{\\H o}s` as `Erdős`, `$10^{-6}$` as `10^-6`, `IC$_{50}$` as `IC50`; white space as it stands."""
    if not any(mark in text for mark in "\\{}$~-`'"):
        return text
    text = _ESCAPED.sub(lambda found: _KEPT.get(found[1], found[1]), text)
    text = _MATH.sub(_math, text)
    if "\\" in text:
        text = _RAISED.sub(lambda found: _raised(found[1], found.string[: found.start()]), text)
        text = _ACCENT.sub(_accent, text)
        text = _FRACTION.sub(r"\1/\2", text)
        text = _COMMAND.sub(_command, text)
        text = re.sub(r"\\(?:[,;:!/ ]|\\)", " ", text)
    text = re.sub(r"[{}]", "", text)
    text = re.sub(r"(?<=\S)~(?=\S)", " ", text)
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    for mark, kept in _KEPT.items():
        text = text.replace(kept, mark)
    return text


def _accent(found: re.Match[str]) -> str:
    letter = found[3] or found[4] or found[5]
    return unicodedata.normalize("NFC", letter + _COMBINING[found[1] or found[2]])


def _command(found: re.Match[str]) -> str:
    name, behind = found[1], found[2]
    if name in _SYMBOLS:
        return _SYMBOLS[name] or " "
    if name in _FORMATTING:
        return ""
    return f"{name}{behind}"  # of a command that is not known, its name is all that can be told


def _math(found: re.Match[str]) -> str:
    """A formula's text: powers behind digits keep a caret, other raised and lowered text joins what is before it."""
    inner = found[1] if found[1] is not None else found[2]
    if not _IS_MATH.search(inner):
        return found[0]  # two prices
    inner = re.sub(r"\^\s*(?:\\circ|\{\s*\\circ\s*\})", "°", inner)
    inner = _COMMAND.sub(_command, _FRACTION.sub(r"\1/\2", inner))
    before = found.string[: found.start()]
    told = re.sub(
        r"\^\s*(?:\{([^{}]*)\}|(\S))", lambda up: _raised(up[1] or up[2] or "", before + inner[: up.start()]), inner
    )
    return re.sub(r"_\s*(?:\{([^{}]*)\}|(\S))", lambda down: down[1] or down[2] or "", told)


def _raised(raised: str, before: str) -> str:
    caret = before.rstrip()[-1:].isdigit() and re.match(r"\s*[-+−–]?\d", raised)
    return f"^{raised.strip()}" if caret else raised
