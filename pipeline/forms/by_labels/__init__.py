"""Papers read by what their labels mean, whoever drew them: no order, no layout and no form is expected.

A label's wording says what stands behind it and often whose it is; the rest is told by the headings above it. It is the
second way to read a page, beside its form's definition, and each is the other's witness.
"""
