//! Python source to code objects: the instructions CPython would run.
