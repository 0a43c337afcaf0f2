"""What came in and is no case yet: forms from files, and calls that are being typed."""
