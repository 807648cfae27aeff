//! A client that drives any Jupyter kernel.
