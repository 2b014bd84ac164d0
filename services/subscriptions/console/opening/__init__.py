"""« Ouvrir un service »: its rows, the form as it was typed, what is made of it, its pages."""
