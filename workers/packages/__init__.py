"""What is handed on: folders in the forms that others take, each with a list of what is in it and what was left out."""
