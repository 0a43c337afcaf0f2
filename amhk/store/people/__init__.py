"""By what people are known again, and who asked for them."""
