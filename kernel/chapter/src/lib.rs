//! Markdown chapters to cells and back.
