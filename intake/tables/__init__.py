"""Somebody's CSV or XLSX as rows of cells: bounded, nothing evaluated. What the cells mean is the business of whoever asks."""
