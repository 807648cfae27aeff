//! Objects, reference counts and the cycle collector of CPython, as a library.
