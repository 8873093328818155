"""One file per figure: a data function, charts, and the finding that the title states."""
