"""Administration by page: an office's people, programs and acts."""
