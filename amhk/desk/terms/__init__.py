"""Terms: their arithmetic, their ladder, and before whom they stand."""
