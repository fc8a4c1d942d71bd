"""The review desk: items to decide, the evidence shown with them, decisions and edits of documents."""
