"""`python -m appraise` and the `appraise` command."""

from appraise.cli import main

if __name__ == "__main__":
    main()
