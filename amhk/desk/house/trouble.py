"""What can be wrong with the database, as the doors know it."""

from amhk.store.database.engine import StoreBroken, StoreFailed, StoreReplaced, StoreUnsure

__all__ = ["StoreBroken", "StoreFailed", "StoreReplaced", "StoreUnsure"]
