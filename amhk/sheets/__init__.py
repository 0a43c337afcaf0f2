"""Tables in and out: CSV, XLSX and JSON as other programs write and read them."""
