"""What is kept, and how it stays true: objects, catalogue, register, one commit or none.

Everything here takes explicit arguments (folder, URL, credentials); nothing reads the environment.
"""
