"""What no other Python can tell of its heap."""

from _machine import held_bytes, refcount_at, show

__all__ = ["held_bytes", "refcount_at", "show"]
