"""Training of the package's own speaker-embedding model: from speech in tar files to an ONNX graph and numbers."""
