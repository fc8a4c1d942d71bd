"""What each piece of ink on a leaf was taken for, told afterwards: nothing here changes a reading."""

READS = False
