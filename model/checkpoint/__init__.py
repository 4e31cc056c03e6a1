"""Weights on disk: read without running anything in them, checked by name and shape, put into a model tensor by tensor.

    loading.py  load_causal_lm, load_biomedgpt     what other packages call
      → source.py  open_source                     which format it is: archive.py (.pth), safetensors_file.py
      → filling.py fill                            each tensor from its mapped file into a module made on the meta device

`catalogue.py` knows the models and where they are installed, and loads neither torch nor transformers; `hub.py`
downloads, `converting.py` writes one safetensors file, whole or quantised. Nothing is imported here.
"""
