//! Runs code objects on the heap.
