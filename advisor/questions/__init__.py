"""Questions: what any stage may ask about a program; no order of stages, and no result of one.

Each question has one answer. It rests on what the catalog says of the types and calls that the program resolves, and
on the words of `rules/words.yml` where a name is all there is.
"""
