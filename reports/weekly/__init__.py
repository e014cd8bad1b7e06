"""The weekly, monthly and quarterly summary: figures first, then words, then screen, mail, PDF and spreadsheet."""
