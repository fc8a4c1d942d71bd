"""What a book teaches: its corrected lines, and the model learnt from them."""
