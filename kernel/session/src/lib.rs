//! The seam: a cell goes in, ordered outputs come out.
