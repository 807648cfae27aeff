//! The protocols: what Python's operators and builtin functions do with any object (`Objects/abstract.c`).

mod instance;
