"""Forms as data, and what follows from them: which form a page is, and where its values stand.

Every threshold here names what it measures, its unit and its origin. *By trial* means: set by trial on the generator's
development pages (drawn from the form definitions, worn, scanned and photographed); none was tried on a real archive.
"Letter heights" are `Sheet.height`, the usual height of a sheet's lines.

How much some of them matter was measured on the lines read from all files of `samples/` (685 fields), one value at a
time a fifth lower and higher, for 46 of them: what decides between forms (`classify`), labels (`anchors`, `evidence`)
and columns (`bands`, `entry_header`) changed nothing, which may also mean that those pages do not try it. Only these
changed a field: the cost of a wrong letter (`search._STEP`: 30 fields and one form), the weight of a stray label
(`anchors.STRAY_WEIGHT`: 2), the score of a sure one (`repeats.SURE`: 2), the gap that cuts a line (`sheet.GAP`: 2) and
a signature's reach (`signatures.REACH`: 1).
"""
