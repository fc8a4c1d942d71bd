"""What makes and measures readers: drawing, fonts, training, measuring. The product imports nothing of it."""
