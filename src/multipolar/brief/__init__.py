"""One page on a place or a firm: ten numbers, who says so, and how to see what is behind each."""
