"""Linear layers whose weights are whole numbers of 8 or 4 bits: `quantise.py` makes the numbers, `layers.py` computes with them.

`checkpoint/converting.py` writes them, `checkpoint/loading.py` reads them. torchao's tensors are not used: kept in
safetensors they need its prototype code, and torch's own operators, on which they rest, take the plain tensors here.
"""
