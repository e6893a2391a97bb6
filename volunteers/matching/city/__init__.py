"""A city planned street by street, with a bound for the whole."""
