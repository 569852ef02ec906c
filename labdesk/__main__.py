"""`python -m labdesk` is `labdesk`."""

from labdesk.cli.main import main

if __name__ == "__main__":
    main()
