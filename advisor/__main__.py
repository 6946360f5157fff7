"""`python -m advisor`: as with the command `advisor`, nothing is imported from the current folder."""

if __name__ == "__main__":
    import sys

    if (
        not sys.flags.safe_path
    ):  # `-m` puts the current folder first, and there may lie a `typing.py` of the code to analyse
        here = sys.path.pop(0)
        if here not in sys.path and __file__.startswith(
            here
        ):  # a checkout that is not installed: the last place to look
            sys.path.append(here)

    from advisor.cli import main

    main()
