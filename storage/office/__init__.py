"""What an office keeps beside the archive: submissions, people and holdings, changed in one transaction."""
