"""What is kept, and how it stays whole: objects, catalogue, register; a commit is stored wholly or not at all.

Everything here takes explicit arguments (folder, URL, credentials); nothing reads the environment.
"""
