"""The judge: reads every schema through a role that may only read, one schema a query, and compares in Python."""
