"""What an office keeps beside the archive, behind one face: submissions, people, holdings in one transaction."""
