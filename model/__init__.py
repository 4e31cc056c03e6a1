"""Models that run on this machine: BioMedGPT and its checkpoints, decoding, grammars, chat models, metrics.

Nothing heavy is imported here, nor anything of ours outside this package.
"""

import logging

# transformers imports torchao where it is installed, which says at each start which of its kernels for other machines do not
# load here. Nothing of ours uses these, and the lines would stand between an answer and its reader.
for _name in ("torchao", "torch.utils._pytree"):
    logging.getLogger(_name).setLevel(logging.ERROR)
