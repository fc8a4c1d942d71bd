"""Forms as data, and what follows from them: which form a page is, and where its values stand.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
"Letter heights" are `Sheet.height`, the usual height of a sheet's lines.
"""
