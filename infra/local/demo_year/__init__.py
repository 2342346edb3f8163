"""The year that the demo organisation has lived: tables of what is kept, and what makes it through the product's own functions."""
