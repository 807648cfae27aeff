"""Heapbook's kernel for JupyterLite. All of it is JavaScript, under `share/jupyter/labextensions`."""
