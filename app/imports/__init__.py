"""CSV files into the catalog: upload, read, check, stage, write, and tell how it goes."""
