"""The report: one page, one PDF, one workbook, and the figure files. No arithmetic lives here."""
