"""Lines in fonts and hands, and the training of the line reader on them."""
