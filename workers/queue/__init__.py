"""Work that many machines share: taken in from where it lies, read batch by batch, taken back from who was lost."""
