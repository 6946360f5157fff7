"""Race: run the original and every variant of a place for real, compare their results, and say who wins."""
