"""Our own reader of Vietnamese lines: print, typewriter and pen."""
